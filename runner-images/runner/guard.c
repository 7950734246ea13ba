/* A seccomp filter for the program, on top of the engine's own: process 1 has the program's uid, so the kernel
 * would let it lower the runner's limits and priority, and take its CPUs. Reading them is refused as well. So are signals to it,
 * which not every kernel drops (gVisor's lets init be killed); those with words of their own to anybody by a descriptor: once
 * the user's queue is full, the kernel delivers them as if they came from outside the container.
 * And two ways out that an engine may leave open (Docker 20.10.24 does): sockets that no network namespace holds, as those
 * to the hypervisor, or that reach rarely tried code of the kernel, as AF_ALG's; and io_uring, whose calls no filter sees.
 * Source: seccomp(2), kernel userspace-api/seccomp_filter.rst; system call numbers from asm/unistd*.h. */
#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "runner.h"

/* How a call's arguments name its target. */
enum target {
    NO_CALL,
    BY_PID,      /* argument 0 is a pid */
    BY_PRIORITY, /* argument 0 says what argument 1 is; the uid is PRIO_USER, setpriority(2) */
    BY_IOPRIO,   /* the same, IOPRIO_WHO_USER, ioprio_set(2) */
    BY_FAMILY,   /* argument 0 is a family of sockets, of which few are allowed, socket(2) */
    BY_INFO,     /* argument 2 points to what a signal is to say of itself, or is NULL, pidfd_send_signal(2) */
    BY_MULTIPLE, /* argument 0 says which call it is, and the family is out of sight: socketcall(2) */
    ALWAYS,
};

struct call {
    uint32_t number;
    enum target target;
};

struct architecture {
    uint32_t audit;
    /* x32 calls have the x86-64 numbers and one bit more. */
    uint32_t number_mask;
    struct call calls[20];
};

/* setpriority, sched_setparam, sched_setscheduler, sched_setaffinity, ioprio_set, prlimit64, sched_setattr; socket,
 * io_uring_setup, socketcall; rt_sigqueueinfo and rt_tgsigqueueinfo (x32 has two of its own), pidfd_send_signal; kill, tkill, tgkill */
static const struct architecture ARCHITECTURES[] = {
#if defined(__x86_64__)
    {AUDIT_ARCH_X86_64, ~0x40000000U,
     {{141, BY_PRIORITY}, {142, BY_PID}, {144, BY_PID}, {203, BY_PID}, {251, BY_IOPRIO}, {302, BY_PID}, {314, BY_PID},
      {41, BY_FAMILY}, {425, ALWAYS}, {129, BY_PID}, {297, BY_PID}, {524, BY_PID}, {536, BY_PID}, {424, BY_INFO},
      {62, BY_PID}, {200, BY_PID}, {234, BY_PID}}},
    {AUDIT_ARCH_I386, ~0U,
     {{97, BY_PRIORITY}, {154, BY_PID}, {156, BY_PID}, {241, BY_PID}, {289, BY_IOPRIO}, {340, BY_PID}, {351, BY_PID},
      {359, BY_FAMILY}, {425, ALWAYS}, {102, BY_MULTIPLE}, {178, BY_PID}, {335, BY_PID}, {424, BY_INFO},
      {37, BY_PID}, {238, BY_PID}, {270, BY_PID}}},
#elif defined(__aarch64__)
    {AUDIT_ARCH_AARCH64, ~0U,
     {{140, BY_PRIORITY}, {118, BY_PID}, {119, BY_PID}, {122, BY_PID}, {30, BY_IOPRIO}, {261, BY_PID}, {274, BY_PID},
      {198, BY_FAMILY}, {425, ALWAYS}, {138, BY_PID}, {240, BY_PID}, {424, BY_INFO}, {129, BY_PID}, {130, BY_PID}, {131, BY_PID}}},
    {AUDIT_ARCH_ARM, ~0U,
     {{97, BY_PRIORITY}, {154, BY_PID}, {156, BY_PID}, {241, BY_PID}, {314, BY_IOPRIO}, {369, BY_PID}, {380, BY_PID},
      {281, BY_FAMILY}, {425, ALWAYS}, {178, BY_PID}, {363, BY_PID}, {424, BY_INFO}, {37, BY_PID}, {238, BY_PID}, {268, BY_PID}}},
#endif
    {0, 0, {{0, NO_CALL}}},
};

enum { PRIORITY_USER = 2, IOPRIO_USER = 3, MULTIPLE_SOCKET = 1 };

struct program {
    struct sock_filter *code;
    unsigned short size;
};

static void emit(struct program *program, uint16_t code, uint32_t k, unsigned char if_true, unsigned char if_false) {
    program->code[program->size++] = (struct sock_filter){code, if_true, if_false, k};
}

static void emit_return(struct program *program, uint32_t action) {
    emit(program, BPF_RET | BPF_K, action, 0, 0);
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
    if (target != BY_PID) {
        emit_refuse_if(program, target == BY_PRIORITY ? PRIORITY_USER : IOPRIO_USER);
        emit_load_argument(program, 1);
    }
    emit_refuse_if(program, RUNNER_PID);
}

/* Refuses a pointer, in both its halves. */
static void emit_refuse_pointer(struct program *program, uint32_t index) {
    for (uint32_t half = 0; half < 2; half++) {
        emit(program, BPF_LD | BPF_W | BPF_ABS, (uint32_t)(offsetof(struct seccomp_data, args) + 8 * index + 4 * half), 0, 0);
        emit(program, BPF_JMP | BPF_JEQ | BPF_K, 0, 1, 0);
        emit_return(program, SECCOMP_RET_ERRNO | EPERM);
    }
}

/* What a program may want without a network is allowed; of the rest it is told as by a kernel that doesn't know them. */
static void emit_refuse_families(struct program *program) {
    static const uint32_t ALLOWED[] = {AF_UNIX, AF_INET, AF_INET6, AF_NETLINK};
    emit_load_argument(program, 0);
    for (size_t i = 0; i < sizeof ALLOWED / sizeof ALLOWED[0]; i++) {
        emit(program, BPF_JMP | BPF_JEQ | BPF_K, ALLOWED[i], 0, 1);
        emit_return(program, SECCOMP_RET_ALLOW);
    }
    emit_return(program, SECCOMP_RET_ERRNO | EAFNOSUPPORT);
}

static void emit_call(struct program *program, const struct call *call) {
    unsigned short jump = program->size;
    emit(program, BPF_JMP | BPF_JEQ | BPF_K, call->number, 0, 0);
    switch (call->target) {
    case ALWAYS:
        emit_return(program, SECCOMP_RET_ERRNO | EPERM);
        break;
    case BY_FAMILY:
        emit_refuse_families(program);
        break;
    case BY_INFO:
        emit_refuse_pointer(program, 2);
        break;
    case BY_MULTIPLE:
        emit_load_argument(program, 0);
        emit_refuse_if(program, MULTIPLE_SOCKET);
        break;
    default:
        emit_refuse_process(program, call->target);
    }
    emit_return(program, SECCOMP_RET_ALLOW);
    program->code[jump].jf = (unsigned char)(program->size - jump - 1);
}

static void emit_architecture(struct program *program, const struct architecture *architecture) {
    emit(program, BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch), 0, 0);
    unsigned short jump = program->size;
    emit(program, BPF_JMP | BPF_JEQ | BPF_K, architecture->audit, 0, 0);
    emit(program, BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr), 0, 0);
    emit(program, BPF_ALU | BPF_AND | BPF_K, architecture->number_mask, 0, 0);
    for (const struct call *call = architecture->calls; call->target != NO_CALL; call++)
        emit_call(program, call);
    emit_return(program, SECCOMP_RET_ALLOW);
    program->code[jump].jf = (unsigned char)(program->size - jump - 1);
}

unsigned short guard_write(struct sock_filter *code) {
    struct program program = {code, 0};
    if (ARCHITECTURES[0].audit == 0)
        return 0;
    for (const struct architecture *architecture = ARCHITECTURES; architecture->audit != 0; architecture++)
        emit_architecture(&program, architecture);
    /* No other architecture's calls reach this kernel. */
    emit_return(&program, SECCOMP_RET_KILL_PROCESS);
    return program.size;
}

int guard_install(void) {
    struct sock_filter code[GUARD_MOST_INSTRUCTIONS];
    struct sock_fprog filter = {guard_write(code), code};
    if (filter.len == 0) {
        errno = ENOSYS;
        return -1;
    }
    return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter, 0, 0);
}
