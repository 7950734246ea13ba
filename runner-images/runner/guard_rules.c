/* The rules of the guard: each writes the instructions that check one kind of call. */
#include <errno.h>
#include <linux/net.h>
#include <linux/netlink.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include "guard.h"
#include "runner.h"

enum { IOPRIO_USER = 3 }; /* linux/ioprio.h */
/* The type of a socket without the flags SOCK_NONBLOCK and SOCK_CLOEXEC, which are higher bits: linux/net.h. */
enum { SOCKET_TYPE_MASK = 0xf };

/* The call does nothing and reports success, because core dumps are disabled anyway. A prlimit(2) that also requests
 * the old values does not get them. */
static const uint32_t PRETEND_SUCCESS = SECCOMP_RET_ERRNO | 0;

/* Fails as on a kernel without system call filters, seccomp(2). */
static const uint32_t NO_FILTERS = SECCOMP_RET_ERRNO | EINVAL;

void emit(struct program *program, uint16_t code, uint32_t k, unsigned char if_true, unsigned char if_false) {
    program->code[program->size++] = (struct sock_filter){code, if_true, if_false, k};
}

void emit_return(struct program *program, uint32_t action) {
    emit(program, BPF_RET | BPF_K, action, 0, 0);
}

unsigned short emit_begin_if(struct program *program, uint32_t k) {
    emit(program, BPF_JMP | BPF_JEQ | BPF_K, k, 0, 0);
    return (unsigned short)(program->size - 1);
}

void emit_end_if(struct program *program, unsigned short position) {
    program->code[position].jf = (unsigned char)(program->size - position - 1);
}

/* Loads the low 32 bits of an argument. The kernel ignores the high bits of a process ID, so the filter ignores them, too. */
static void emit_load_argument(struct program *program, uint32_t index) {
    emit(program, BPF_LD | BPF_W | BPF_ABS, (uint32_t)(offsetof(struct seccomp_data, args) + 8 * index), 0, 0);
}

static void emit_return_if(struct program *program, uint32_t k, uint32_t action) {
    emit(program, BPF_JMP | BPF_JEQ | BPF_K, k, 0, 1);
    emit_return(program, action);
}

static void emit_refuse_if(struct program *program, uint32_t k) {
    emit_return_if(program, k, SECCOMP_RET_ERRNO | EPERM);
}

static void emit_allow_if(struct program *program, uint32_t k) {
    emit_return_if(program, k, SECCOMP_RET_ALLOW);
}

void refuse_call(struct program *program) {
    emit_return(program, SECCOMP_RET_ERRNO | EPERM);
}

static void emit_refuse_runner(struct program *program, uint32_t index) {
    emit_load_argument(program, index);
    emit_refuse_if(program, RUNNER_PID);
}

/* Argument 0 is a process ID. Arguments are counted from 0. */
void check_pid(struct program *program) {
    emit_refuse_runner(program, 0);
}

/* Refuses process 1, its group, and its user. */
static void emit_refuse_user_or_runner(struct program *program, uint32_t user) {
    emit_load_argument(program, 0);
    emit_refuse_if(program, user);
    emit_refuse_runner(program, 1);
}

/* Argument 0 is the kind of argument 1, setpriority(2). */
void check_priority(struct program *program) {
    emit_refuse_user_or_runner(program, PRIO_USER);
}

/* Like check_priority(), but the kinds have other numbers, ioprio_set(2). */
void check_ioprio(struct program *program) {
    emit_refuse_user_or_runner(program, IOPRIO_USER);
}

/* Returns the action if argument 2 is not NULL. A filter loads 32 bits at a time, so it looks at both halves. */
static void emit_return_if_pointer(struct program *program, uint32_t action) {
    for (uint32_t half = 0; half < 2; half++) {
        emit(program, BPF_LD | BPF_W | BPF_ABS, (uint32_t)(offsetof(struct seccomp_data, args[2]) + 4 * half), 0, 0);
        emit(program, BPF_JMP | BPF_JEQ | BPF_K, 0, 1, 0);
        emit_return(program, action);
    }
}

/* Argument 0 is a process ID, argument 1 a limit, argument 2 points to its new values, prlimit(2). */
void check_prlimit(struct program *program) {
    emit_refuse_runner(program, 0);
    emit_load_argument(program, 1);
    unsigned short position = emit_begin_if(program, RLIMIT_CORE);
    emit_return_if_pointer(program, PRETEND_SUCCESS);
    emit_end_if(program, position);
}

void check_setrlimit(struct program *program) {
    emit_load_argument(program, 0);
    emit_return_if(program, RLIMIT_CORE, PRETEND_SUCCESS);
}

/* Other families, types and protocols fail as on a kernel that does not have them. */
static void emit_allow_protocols(struct program *program, const uint32_t allowed[], size_t count) {
    emit_load_argument(program, 2);
    for (size_t i = 0; i < count; i++)
        emit_allow_if(program, allowed[i]);
    emit_return(program, SECCOMP_RET_ERRNO | EPROTONOSUPPORT);
}

static void emit_check_internet(struct program *program) {
    static const struct {
        uint32_t type, protocols[2];
    } TYPES[] = {{SOCK_STREAM, {0, IPPROTO_TCP}}, {SOCK_DGRAM, {0, IPPROTO_UDP}}};
    emit_load_argument(program, 1);
    emit(program, BPF_ALU | BPF_AND | BPF_K, SOCKET_TYPE_MASK, 0, 0);
    for (size_t i = 0; i < sizeof TYPES / sizeof TYPES[0]; i++) {
        unsigned short position = emit_begin_if(program, TYPES[i].type);
        emit_allow_protocols(program, TYPES[i].protocols, 2);
        emit_end_if(program, position);
    }
    emit_return(program, SECCOMP_RET_ERRNO | EPERM); /* raw sockets fail as without CAP_NET_RAW */
}

/* Allows what a program may need without a network: local sockets, TCP, UDP, and the list of network interfaces. */
void check_socket(struct program *program) {
    static const uint32_t INTERNET[] = {AF_INET, AF_INET6}, ROUTES[] = {NETLINK_ROUTE};
    emit_load_argument(program, 0);
    emit_allow_if(program, AF_UNIX);
    for (size_t i = 0; i < sizeof INTERNET / sizeof INTERNET[0]; i++) {
        unsigned short position = emit_begin_if(program, INTERNET[i]);
        emit_check_internet(program);
        emit_end_if(program, position);
    }
    unsigned short position = emit_begin_if(program, AF_NETLINK);
    emit_allow_protocols(program, ROUTES, 1);
    emit_end_if(program, position);
    emit_return(program, SECCOMP_RET_ERRNO | EAFNOSUPPORT);
}

/* Only AF_UNIX supports pairs. For other families, the kernel would load a module before it returns the error. */
void check_socketpair(struct program *program) {
    emit_load_argument(program, 0);
    emit_allow_if(program, AF_UNIX);
    emit_return(program, SECCOMP_RET_ERRNO | EAFNOSUPPORT);
}

/* Argument 0 selects a socket call. A filter cannot read the arguments of that call, socketcall(2). */
void check_socketcall(struct program *program) {
    emit_load_argument(program, 0);
    emit_refuse_if(program, SYS_SOCKET);
    emit_refuse_if(program, SYS_SOCKETPAIR);
    emit_refuse_if(program, SYS_SETSOCKOPT);
}

/* Refuses every kind of filter on a socket, and protocols on top of TCP. */
void check_socket_option(struct program *program) {
    static const uint32_t FILTERS[] = {SO_ATTACH_FILTER, SO_ATTACH_BPF, SO_ATTACH_REUSEPORT_CBPF, SO_ATTACH_REUSEPORT_EBPF};
    emit_load_argument(program, 1);
    unsigned short position = emit_begin_if(program, SOL_SOCKET);
    emit_load_argument(program, 2);
    for (size_t i = 0; i < sizeof FILTERS / sizeof FILTERS[0]; i++)
        emit_refuse_if(program, FILTERS[i]);
    emit_return(program, SECCOMP_RET_ALLOW);
    emit_end_if(program, position);
    position = emit_begin_if(program, IPPROTO_TCP);
    emit_load_argument(program, 2);
    emit_refuse_if(program, TCP_ULP);
    emit_end_if(program, position);
}

void check_seccomp(struct program *program) {
    emit_load_argument(program, 0);
    emit_return_if(program, SECCOMP_SET_MODE_FILTER, NO_FILTERS);
}

void check_prctl(struct program *program) {
    emit_load_argument(program, 0);
    unsigned short position = emit_begin_if(program, PR_SET_SECCOMP);
    emit_load_argument(program, 1);
    emit_return_if(program, SECCOMP_MODE_FILTER, NO_FILTERS);
    emit_end_if(program, position);
}

/* Argument 2 of pidfd_send_signal(2) is the siginfo_t, or NULL if the kernel must create it. */
void check_signal_info(struct program *program) {
    emit_return_if_pointer(program, SECCOMP_RET_ERRNO | EPERM);
}
