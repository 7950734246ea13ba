/* The guard: a seccomp filter for the program, in addition to the engine's filter. It refuses:
 *
 * - Changes of process 1. It has the same user ID as the program, so the kernel would allow the program to lower the runner's
 *   limits and priority and to move it to other CPUs. prlimit64 of process 1 is refused even for reading.
 * - Signals to process 1. Not every kernel drops them (on gVisor, they can kill process 1).
 * - Signals with their own siginfo_t, through a pidfd, to any process. If the user's signal queue is full, the kernel delivers
 *   them like signals from outside the container.
 * - Sockets that a network namespace does not confine, such as AF_VSOCK to the hypervisor, and sockets that use rarely tested
 *   kernel code, such as AF_ALG and protocols that are useless without a network. Docker 20.10.24 allows them.
 * - io_uring, because filters do not see its operations. Docker 20.10.24 allows it.
 * - Filters that the program installs, for sockets or system calls. Freeing thousands of them at once can block the host's
 *   kernel, because the compiled filters wait for each other on its work queue. Their memory is not charged to a container.
 * - Changes of the core dump limit. With 1 byte, the kernel does not start the host's core dump handler. That handler would
 *   process every crash of a program as root and without limits (core(5), "Piping core dumps to a program"; fs/coredump.c).
 *
 * Source: seccomp(2), kernel userspace-api/seccomp_filter.rst, socket(7). */
#include <linux/audit.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "guard.h"
#include "runner.h"

enum architecture { X86_64, X32, I386, AARCH64, ARM, ARCHITECTURES };

#define NONE UINT32_MAX

struct call {
    guard_rule *rule;
    uint32_t numbers[ARCHITECTURES];
};

static const struct call CALLS[] = {
#define CALL(name, rule, x86_64, x32, i386, aarch64, arm) {rule, {x86_64, x32, i386, aarch64, arm}},
#include "guard_calls.h"
#undef CALL
};

/* A set of calls that the kernel reports as one architecture, and the columns of CALLS with its numbers. */
struct interface {
    uint32_t audit;
    uint32_t number_mask;
    enum architecture first, last;
};

static const struct interface INTERFACES[] = {
#if defined(__x86_64__)
    {AUDIT_ARCH_X86_64, ~0x40000000U, X86_64, X32}, /* the mask removes the bit that marks an x32 call */
    {AUDIT_ARCH_I386, ~0U, I386, I386},
#elif defined(__aarch64__)
    {AUDIT_ARCH_AARCH64, ~0U, AARCH64, AARCH64},
    {AUDIT_ARCH_ARM, ~0U, ARM, ARM},
#else
#error "guard_calls.h has no system call numbers for this architecture"
#endif
};

enum { CALL_COUNT = sizeof CALLS / sizeof CALLS[0], INTERFACE_COUNT = sizeof INTERFACES / sizeof INTERFACES[0] };
/* x86-64 has three columns, aarch64 two. Six instructions select an interface, and one instruction refuses all other
 * interfaces. */
enum { MOST_COLUMNS = 3, INTERFACE_INSTRUCTIONS = 6 };

_Static_assert(MOST_COLUMNS * ((CALL_COUNT - 1) * CALL_MOST_INSTRUCTIONS + SOCKET_MOST_INSTRUCTIONS) +
                       INTERFACE_COUNT * INTERFACE_INSTRUCTIONS + 1 <= GUARD_MOST_INSTRUCTIONS,
               "guard_calls.h has more calls than GUARD_MOST_INSTRUCTIONS has space for");
_Static_assert(GUARD_MOST_INSTRUCTIONS <= BPF_MAXINSNS, "the kernel does not accept longer filters");
/* A conditional jump skips 255 instructions at most. */
_Static_assert(SOCKET_MOST_INSTRUCTIONS <= UINT8_MAX, "one call's check is too long to be skipped");

static void emit_call(struct program *program, uint32_t number, guard_rule *rule) {
    unsigned short position = emit_begin_if(program, number);
    rule(program);
    emit_return(program, SECCOMP_RET_ALLOW);
    emit_end_if(program, position);
}

static void emit_interface(struct program *program, const struct interface *interface) {
    emit(program, BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch), 0, 0);
    emit(program, BPF_JMP | BPF_JEQ | BPF_K, interface->audit, 1, 0);
    emit(program, BPF_JMP | BPF_JA, 0, 0, 0); /* the next interface is too far away for a conditional jump */
    unsigned short start = program->size;
    emit(program, BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr), 0, 0);
    emit(program, BPF_ALU | BPF_AND | BPF_K, interface->number_mask, 0, 0);
    for (size_t i = 0; i < CALL_COUNT; i++)
        for (enum architecture column = interface->first; column <= interface->last; column++)
            if (CALLS[i].numbers[column] != NONE)
                emit_call(program, CALLS[i].numbers[column], CALLS[i].rule);
    emit_return(program, SECCOMP_RET_ALLOW);
    program->code[start - 1].k = (uint32_t)(program->size - start);
}

unsigned short guard_write(struct sock_filter *code) {
    struct program program = {code, 0};
    for (size_t i = 0; i < INTERFACE_COUNT; i++)
        emit_interface(&program, &INTERFACES[i]);
    emit_return(&program, SECCOMP_RET_KILL_PROCESS); /* this kernel has no other interface */
    return program.size;
}

int guard_install(void) {
    struct sock_filter code[GUARD_MOST_INSTRUCTIONS];
    struct sock_fprog filter = {guard_write(code), code};
    return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter, 0, 0);
}
