/* A seccomp filter for the program, on top of the engine's own: process 1 has the program's uid, so the kernel
 * would let it lower the runner's limits and priority, and take its CPUs. Reading them is refused as well. So are signals to it,
 * which not every kernel drops (gVisor's lets init be killed); those with words of their own to anybody by a descriptor: once
 * the user's queue is full, the kernel delivers them as if they came from outside the container.
 * Two ways out that an engine may leave open (Docker 20.10.24 does): sockets that no network namespace holds, as those
 * to the hypervisor, or that reach rarely tried code of the kernel, as AF_ALG's and those of protocols that nobody needs without
 * a network; and io_uring, whose calls no filter sees.
 * And filters of the program's own, for sockets or calls: thousands of them, freed at once, can hang the host's kernel,
 * where the compiled ones wait for one another on its own work queue; their memory is in no container's count.
 * And a change of the limit of core dumps: at 1 byte the kernel leaves out the host's handler, which would get every crash
 * of every program to read, as root and outside of all limits (core(5), «Piping core dumps»; kernel fs/coredump.c).
 * Source: seccomp(2), kernel userspace-api/seccomp_filter.rst, socket(7); system call numbers from asm/unistd*.h. */
#include <errno.h>
#include <linux/audit.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "guard.h"
#include "runner.h"

struct call {
    uint32_t number;
    enum target target;
};

struct architecture {
    uint32_t audit;
    /* x32 calls have the x86-64 numbers and one bit more. */
    uint32_t number_mask;
    struct call calls[25];
};

/* setpriority, sched_setparam, sched_setscheduler, sched_setaffinity, ioprio_set, prlimit64, sched_setattr; socket,
 * io_uring_setup, socketcall; rt_sigqueueinfo and rt_tgsigqueueinfo (x32 has two of its own), pidfd_send_signal; kill, tkill, tgkill;
 * setsockopt (x32 has one of its own), seccomp, prctl; setrlimit; socketpair */
static const struct architecture ARCHITECTURES[] = {
#if defined(__x86_64__)
    {AUDIT_ARCH_X86_64, ~0x40000000U,
     {{141, BY_PRIORITY}, {142, BY_PID}, {144, BY_PID}, {203, BY_PID}, {251, BY_IOPRIO}, {302, BY_LIMIT}, {314, BY_PID},
      {41, BY_FAMILY}, {425, ALWAYS}, {129, BY_PID}, {297, BY_PID}, {524, BY_PID}, {536, BY_PID}, {424, BY_INFO},
      {62, BY_PID}, {200, BY_PID}, {234, BY_PID}, {54, BY_OPTION}, {541, BY_OPTION}, {317, BY_MODE}, {157, BY_PRCTL},
      {160, BY_OWN_LIMIT}, {53, BY_LOCAL_FAMILY}}},
    {AUDIT_ARCH_I386, ~0U,
     {{97, BY_PRIORITY}, {154, BY_PID}, {156, BY_PID}, {241, BY_PID}, {289, BY_IOPRIO}, {340, BY_LIMIT}, {351, BY_PID},
      {359, BY_FAMILY}, {425, ALWAYS}, {102, BY_MULTIPLE}, {178, BY_PID}, {335, BY_PID}, {424, BY_INFO},
      {37, BY_PID}, {238, BY_PID}, {270, BY_PID}, {366, BY_OPTION}, {354, BY_MODE}, {172, BY_PRCTL}, {75, BY_OWN_LIMIT},
      {360, BY_LOCAL_FAMILY}}},
#elif defined(__aarch64__)
    {AUDIT_ARCH_AARCH64, ~0U,
     {{140, BY_PRIORITY}, {118, BY_PID}, {119, BY_PID}, {122, BY_PID}, {30, BY_IOPRIO}, {261, BY_LIMIT}, {274, BY_PID},
      {198, BY_FAMILY}, {425, ALWAYS}, {138, BY_PID}, {240, BY_PID}, {424, BY_INFO}, {129, BY_PID}, {130, BY_PID}, {131, BY_PID},
      {208, BY_OPTION}, {277, BY_MODE}, {167, BY_PRCTL}, {164, BY_OWN_LIMIT}, {199, BY_LOCAL_FAMILY}}},
    {AUDIT_ARCH_ARM, ~0U,
     {{97, BY_PRIORITY}, {154, BY_PID}, {156, BY_PID}, {241, BY_PID}, {314, BY_IOPRIO}, {369, BY_LIMIT}, {380, BY_PID},
      {281, BY_FAMILY}, {425, ALWAYS}, {178, BY_PID}, {363, BY_PID}, {424, BY_INFO}, {37, BY_PID}, {238, BY_PID}, {268, BY_PID},
      {294, BY_OPTION}, {383, BY_MODE}, {172, BY_PRCTL}, {75, BY_OWN_LIMIT}, {288, BY_LOCAL_FAMILY}}},
#endif
    {0, 0, {{0, NO_CALL}}},
};

static void emit_call(struct program *program, const struct call *call) {
    unsigned short begun = emit_begin_if(program, call->number);
    emit_rule(program, call->target);
    emit_return(program, SECCOMP_RET_ALLOW);
    emit_end(program, begun);
}

static void emit_architecture(struct program *program, const struct architecture *architecture) {
    emit(program, BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch), 0, 0);
    emit(program, BPF_JMP | BPF_JEQ | BPF_K, architecture->audit, 1, 0);
    emit(program, BPF_JMP | BPF_JA, 0, 0, 0); /* a condition's own jump goes no farther than 255 instructions */
    unsigned short from = program->size;
    emit(program, BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr), 0, 0);
    emit(program, BPF_ALU | BPF_AND | BPF_K, architecture->number_mask, 0, 0);
    for (const struct call *call = architecture->calls; call->target != NO_CALL; call++)
        emit_call(program, call);
    emit_return(program, SECCOMP_RET_ALLOW);
    program->code[from - 1].k = (uint32_t)(program->size - from);
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
