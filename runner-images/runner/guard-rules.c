/* What the guard refuses, by how a call names its target. */
#include <errno.h>
#include <linux/netlink.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include "guard.h"
#include "runner.h"

enum { PRIORITY_USER = 2, IOPRIO_USER = 3 };
/* SYS_SOCKET, SYS_SOCKETPAIR and SYS_SETSOCKOPT, linux/net.h. */
enum { MULTIPLE_SOCKET = 1, MULTIPLE_SOCKETPAIR = 8, MULTIPLE_SETSOCKOPT = 14 };
/* SOCK_NONBLOCK and SOCK_CLOEXEC are above, linux/net.h. */
enum { SOCKET_TYPE_MASK = 0xf };

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

void emit_end(struct program *program, unsigned short begun) {
    program->code[begun].jf = (unsigned char)(program->size - begun - 1);
}

/* The kernel takes pids as 32 bits, so the upper half of the register must not hide a 1. */
static void emit_load_argument(struct program *program, uint32_t index) {
    emit(program, BPF_LD | BPF_W | BPF_ABS, (uint32_t)(offsetof(struct seccomp_data, args) + 8 * index), 0, 0);
}

/* Refuses if what was loaded is k. */
static void emit_refuse_if(struct program *program, uint32_t k) {
    emit(program, BPF_JMP | BPF_JEQ | BPF_K, k, 0, 1);
    emit_return(program, SECCOMP_RET_ERRNO | EPERM);
}

/* Refuses process 1, and where the target says so the user as well. */
static void emit_refuse_process(struct program *program, enum target target) {
    emit_load_argument(program, 0);
    if (target == BY_PRIORITY || target == BY_IOPRIO) {
        emit_refuse_if(program, target == BY_PRIORITY ? PRIORITY_USER : IOPRIO_USER);
        emit_load_argument(program, 1);
    }
    emit_refuse_if(program, RUNNER_PID);
}

/* Returns the action for a pointer that is not NULL, looking at both its halves. */
static void emit_return_for_pointer(struct program *program, uint32_t index, uint32_t action) {
    for (uint32_t half = 0; half < 2; half++) {
        emit(program, BPF_LD | BPF_W | BPF_ABS, (uint32_t)(offsetof(struct seccomp_data, args) + 8 * index + 4 * half), 0, 0);
        emit(program, BPF_JMP | BPF_JEQ | BPF_K, 0, 1, 0);
        emit_return(program, action);
    }
}

/* The call does nothing and says that it did: what a program wants of its core dumps, none, it has. Former values that prlimit(2) is
 * asked for at the same time are not filled in. */
static const uint32_t AS_IF_DONE = SECCOMP_RET_ERRNO | 0;

static void emit_keep_core_limit(struct program *program) {
    emit_load_argument(program, 1);
    unsigned short begun = emit_begin_if(program, RLIMIT_CORE);
    emit_return_for_pointer(program, 2, AS_IF_DONE);
    emit_end(program, begun);
}

static void emit_keep_own_core_limit(struct program *program) {
    emit_load_argument(program, 0);
    unsigned short begun = emit_begin_if(program, RLIMIT_CORE);
    emit_return(program, AS_IF_DONE);
    emit_end(program, begun);
}

/* Lets the call pass if what was loaded is k. */
static void emit_allow_if(struct program *program, uint32_t k) {
    emit(program, BPF_JMP | BPF_JEQ | BPF_K, k, 0, 1);
    emit_return(program, SECCOMP_RET_ALLOW);
}

/* Of a family, type or protocol that it refuses the program is told as by a kernel that doesn't know it. */
static void emit_protocols(struct program *program, const uint32_t allowed[], size_t count) {
    emit_load_argument(program, 2);
    for (size_t i = 0; i < count; i++)
        emit_allow_if(program, allowed[i]);
    emit_return(program, SECCOMP_RET_ERRNO | EPROTONOSUPPORT);
}

static void emit_internet(struct program *program) {
    static const struct {
        uint32_t type, protocols[2];
    } TYPES[] = {{SOCK_STREAM, {0, IPPROTO_TCP}}, {SOCK_DGRAM, {0, IPPROTO_UDP}}};
    emit_load_argument(program, 1);
    emit(program, BPF_ALU | BPF_AND | BPF_K, SOCKET_TYPE_MASK, 0, 0);
    for (size_t i = 0; i < sizeof TYPES / sizeof TYPES[0]; i++) {
        unsigned short begun = emit_begin_if(program, TYPES[i].type);
        emit_protocols(program, TYPES[i].protocols, 2);
        emit_end(program, begun);
    }
    emit_return(program, SECCOMP_RET_ERRNO | EPERM); /* raw ones: as without the capability */
}

/* What a program may want without a network is allowed: local sockets, TCP and UDP, and the list of its interfaces. */
static void emit_socket(struct program *program) {
    static const uint32_t INTERNET[] = {AF_INET, AF_INET6}, ROUTES[] = {NETLINK_ROUTE};
    unsigned short begun;
    emit_load_argument(program, 0);
    emit_allow_if(program, AF_UNIX);
    for (size_t i = 0; i < sizeof INTERNET / sizeof INTERNET[0]; i++) {
        begun = emit_begin_if(program, INTERNET[i]);
        emit_internet(program);
        emit_end(program, begun);
    }
    begun = emit_begin_if(program, AF_NETLINK);
    emit_protocols(program, ROUTES, 1);
    emit_end(program, begun);
    emit_return(program, SECCOMP_RET_ERRNO | EAFNOSUPPORT);
}

/* The kernel looks for a family's module before it finds that it makes no pairs. */
static void emit_local_family(struct program *program) {
    emit_load_argument(program, 0);
    emit_allow_if(program, AF_UNIX);
    emit_return(program, SECCOMP_RET_ERRNO | EAFNOSUPPORT);
}

/* Refuses filters on a socket, in any of their forms, and another protocol on top of TCP. */
static void emit_refuse_options(struct program *program) {
    static const uint32_t FILTERS[] = {SO_ATTACH_FILTER, SO_ATTACH_BPF, SO_ATTACH_REUSEPORT_CBPF, SO_ATTACH_REUSEPORT_EBPF};
    emit_load_argument(program, 1);
    unsigned short begun = emit_begin_if(program, SOL_SOCKET);
    emit_load_argument(program, 2);
    for (size_t i = 0; i < sizeof FILTERS / sizeof FILTERS[0]; i++)
        emit_refuse_if(program, FILTERS[i]);
    emit_return(program, SECCOMP_RET_ALLOW);
    emit_end(program, begun);
    begun = emit_begin_if(program, IPPROTO_TCP);
    emit_load_argument(program, 2);
    emit_refuse_if(program, TCP_ULP);
    emit_end(program, begun);
}

/* What was loaded asks for a filter of calls: EINVAL is the word of a kernel that has none, seccomp(2). */
static void emit_no_filter_if(struct program *program, uint32_t k) {
    unsigned short begun = emit_begin_if(program, k);
    emit_return(program, SECCOMP_RET_ERRNO | EINVAL);
    emit_end(program, begun);
}

static void emit_refuse_mode(struct program *program) {
    emit_load_argument(program, 0);
    emit_no_filter_if(program, SECCOMP_SET_MODE_FILTER);
}

static void emit_refuse_prctl(struct program *program) {
    emit_load_argument(program, 0);
    unsigned short begun = emit_begin_if(program, PR_SET_SECCOMP);
    emit_load_argument(program, 1);
    emit_no_filter_if(program, SECCOMP_MODE_FILTER);
    emit_end(program, begun);
}

void emit_rule(struct program *program, enum target target) {
    switch (target) {
    case ALWAYS:
        emit_return(program, SECCOMP_RET_ERRNO | EPERM);
        break;
    case BY_FAMILY:
        emit_socket(program);
        break;
    case BY_OPTION:
        emit_refuse_options(program);
        break;
    case BY_MODE:
        emit_refuse_mode(program);
        break;
    case BY_PRCTL:
        emit_refuse_prctl(program);
        break;
    case BY_INFO:
        emit_return_for_pointer(program, 2, SECCOMP_RET_ERRNO | EPERM);
        break;
    case BY_LIMIT:
        emit_refuse_process(program, target);
        emit_keep_core_limit(program);
        break;
    case BY_OWN_LIMIT:
        emit_keep_own_core_limit(program);
        break;
    case BY_MULTIPLE:
        emit_load_argument(program, 0);
        emit_refuse_if(program, MULTIPLE_SOCKET);
        emit_refuse_if(program, MULTIPLE_SOCKETPAIR);
        emit_refuse_if(program, MULTIPLE_SETSOCKOPT);
        break;
    case BY_LOCAL_FAMILY:
        emit_local_family(program);
        break;
    default:
        emit_refuse_process(program, target);
    }
}
