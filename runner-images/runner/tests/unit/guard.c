/* The guard's program, read by an interpreter of its own: so it is shown for every architecture's calls, also where no
 * kernel takes it (qemu-user has no seccomp). The numbers come from the kernel's headers, not from guard.c.
 * Source: kernel networking/filter.rst, seccomp(2). */
#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/netlink.h>
#include <linux/seccomp.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stddef.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"
#include "guard-numbers.h"
#include "runner.h"

/* linux/ioprio.h and sys/resource.h: whose priority, and the user's. */
enum { WHO_PROCESS = 0, WHO_GROUP = 1, WHO_USER = 2, IO_WHO_PROCESS = 1, IO_WHO_GROUP = 2, IO_WHO_USER = 3 };
enum { REFUSED = SECCOMP_RET_ERRNO | EPERM, NO_FAMILY = SECCOMP_RET_ERRNO | EAFNOSUPPORT };
enum { AS_IF_DONE = SECCOMP_RET_ERRNO };
enum { NO_PROTOCOL = SECCOMP_RET_ERRNO | EPROTONOSUPPORT, NO_FILTER = SECCOMP_RET_ERRNO | EINVAL };
enum { MOST_NUMBERS = 1024, ANOTHER_PID = 2 };
/* linux/net.h: SYS_SOCKET, SYS_CONNECT, SYS_SOCKETPAIR, SYS_SETSOCKOPT. */
enum { CALL_SOCKET = 1, CALL_CONNECT = 3, CALL_SOCKETPAIR = 8, CALL_SETSOCKOPT = 14 };
static const uint32_t X32 = 0x40000000;

static const struct guard_numbers NATIVE = {
    .setpriority = SYS_setpriority,
    .sched_setparam = SYS_sched_setparam,
    .sched_setscheduler = SYS_sched_setscheduler,
    .sched_setaffinity = SYS_sched_setaffinity,
    .ioprio_set = SYS_ioprio_set,
    .prlimit64 = SYS_prlimit64,
    .sched_setattr = SYS_sched_setattr,
    .socket = SYS_socket,
    .io_uring_setup = SYS_io_uring_setup,
    .rt_sigqueueinfo = SYS_rt_sigqueueinfo,
    .rt_tgsigqueueinfo = SYS_rt_tgsigqueueinfo,
    .pidfd_send_signal = SYS_pidfd_send_signal,
    .kill = SYS_kill,
    .tkill = SYS_tkill,
    .tgkill = SYS_tgkill,
    .setsockopt = SYS_setsockopt,
    .seccomp = SYS_seccomp,
    .prctl = SYS_prctl,
    .setrlimit = SYS_setrlimit,
    .socketpair = SYS_socketpair,
};

#if defined(__x86_64__)
static const uint32_t NATIVE_AUDIT = AUDIT_ARCH_X86_64, COMPAT_AUDIT = AUDIT_ARCH_I386;
#else
static const uint32_t NATIVE_AUDIT = AUDIT_ARCH_AARCH64, COMPAT_AUDIT = AUDIT_ARCH_ARM;
#endif

struct machine {
    struct sock_filter code[GUARD_MOST_INSTRUCTIONS];
    unsigned short size;
};

static struct machine written(void) {
    struct machine machine = {.size = 0};
    machine.size = guard_write(machine.code);
    EXPECT_IN(machine.size > 0 && machine.size <= GUARD_MOST_INSTRUCTIONS, "%u instructions", machine.size);
    return machine;
}

static bool compares(uint32_t accumulator, const struct sock_filter *at) {
    return at->code == (BPF_JMP | BPF_JEQ | BPF_K) && accumulator == at->k;
}

/* What the program says to a call; ~0 where the kernel would not have taken the program. */
static uint32_t verdict(const struct machine *machine, const struct seccomp_data *data) {
    uint32_t accumulator = 0;
    for (size_t next = 0; next < machine->size;) {
        const struct sock_filter *at = &machine->code[next++];
        switch (at->code) {
        case BPF_LD | BPF_W | BPF_ABS:
            if (at->k % sizeof accumulator != 0 || at->k >= sizeof *data)
                return ~0U;
            memcpy(&accumulator, (const char *)data + at->k, sizeof accumulator);
            break;
        case BPF_ALU | BPF_AND | BPF_K:
            accumulator &= at->k;
            break;
        case BPF_JMP | BPF_JEQ | BPF_K:
            next += compares(accumulator, at) ? at->jt : at->jf;
            break;
        case BPF_JMP | BPF_JA:
            next += at->k;
            break;
        case BPF_RET | BPF_K:
            return at->k;
        default:
            return ~0U;
        }
    }
    return ~0U;
}

static uint32_t called_with(const struct machine *machine, uint32_t audit, uint32_t number, uint64_t a, uint64_t b, uint64_t c) {
    struct seccomp_data data = {.nr = (int)number, .arch = audit, .args = {a, b, c}};
    return verdict(machine, &data);
}

static uint32_t called(const struct machine *machine, uint32_t audit, uint32_t number, uint64_t a, uint64_t b) {
    return called_with(machine, audit, number, a, b, 0);
}

static const uint64_t HIDDEN = 1ULL << 32; /* above what the kernel takes of a number */

static void by_pid(const struct machine *machine, uint32_t audit, uint32_t number) {
    EXPECT_IN(called(machine, audit, number, RUNNER_PID, 0) == REFUSED, "%x, %u: process 1", audit, number);
    EXPECT_IN(called(machine, audit, number, HIDDEN | RUNNER_PID, 0) == REFUSED, "%x, %u: process 1, hidden", audit, number);
    EXPECT_IN(called(machine, audit, number, 0, RUNNER_PID) == SECCOMP_RET_ALLOW, "%x, %u: itself", audit, number);
    EXPECT_IN(called(machine, audit, number, ANOTHER_PID, 1) == SECCOMP_RET_ALLOW, "%x, %u: another", audit, number);
}

static void by_who(const struct machine *machine, uint32_t audit, uint32_t number, const uint32_t who[3]) {
    for (int i = 0; i < 2; i++) {
        EXPECT_IN(called(machine, audit, number, who[i], RUNNER_PID) == REFUSED, "%x, %u, %u: process 1", audit, number, who[i]);
        EXPECT_IN(called(machine, audit, number, who[i] | 1ULL << 32, RUNNER_PID | 1ULL << 32) == REFUSED, "%x, %u, %u: hidden", audit, number, who[i]);
        EXPECT_IN(called(machine, audit, number, who[i], 0) == SECCOMP_RET_ALLOW, "%x, %u, %u: itself", audit, number, who[i]);
        EXPECT_IN(called(machine, audit, number, who[i], ANOTHER_PID) == SECCOMP_RET_ALLOW, "%x, %u, %u: another", audit, number, who[i]);
    }
    EXPECT_IN(called(machine, audit, number, who[2], 0) == REFUSED, "%x, %u: its own user", audit, number);
    EXPECT_IN(called(machine, audit, number, who[2], ANOTHER_PID) == REFUSED, "%x, %u: any user", audit, number);
}

static void calls_of(const struct machine *machine, uint32_t audit, const struct guard_numbers *numbers, uint32_t bits) {
    static const uint32_t WHO[] = {WHO_PROCESS, WHO_GROUP, WHO_USER}, IO_WHO[] = {IO_WHO_PROCESS, IO_WHO_GROUP, IO_WHO_USER};
    by_who(machine, audit, numbers->setpriority | bits, WHO);
    by_who(machine, audit, numbers->ioprio_set | bits, IO_WHO);
    const uint32_t of_pid[] = {numbers->sched_setparam, numbers->sched_setscheduler, numbers->sched_setaffinity, numbers->prlimit64, numbers->sched_setattr};
    for (size_t i = 0; i < COUNT(of_pid); i++)
        by_pid(machine, audit, of_pid[i] | bits);
}

/* What the guard should say of a socket. */
static uint32_t of_socket(uint64_t family, uint64_t type, uint64_t protocol) {
    if (family == AF_UNIX)
        return SECCOMP_RET_ALLOW;
    if (family == AF_NETLINK)
        return protocol == NETLINK_ROUTE ? SECCOMP_RET_ALLOW : (uint32_t)NO_PROTOCOL;
    if (family != AF_INET && family != AF_INET6)
        return NO_FAMILY;
    if (type != SOCK_STREAM && type != SOCK_DGRAM)
        return REFUSED;
    bool known = protocol == 0 || protocol == (type == SOCK_STREAM ? IPPROTO_TCP : IPPROTO_UDP);
    return known ? SECCOMP_RET_ALLOW : (uint32_t)NO_PROTOCOL;
}

static void sockets(const struct machine *machine, uint32_t audit, const struct guard_numbers *numbers, uint32_t bits) {
    static const uint64_t PROTOCOLS[] = {0, 1, 2, IPPROTO_TCP, IPPROTO_UDP, IPPROTO_ICMPV6, IPPROTO_SCTP, IPPROTO_UDPLITE, IPPROTO_RAW, 262};
    for (uint64_t family = 0; family < 64; family++) {
        uint32_t pair = family == AF_UNIX ? SECCOMP_RET_ALLOW : (uint32_t)NO_FAMILY;
        EXPECT_IN(called(machine, audit, numbers->socketpair | bits, HIDDEN | family, SOCK_STREAM) == pair, "%x: pair of %u", audit, (unsigned)family);
        for (uint64_t type = 0; type < 16; type++)
            for (size_t i = 0; i < COUNT(PROTOCOLS); i++) {
                uint32_t expected = of_socket(family, type, PROTOCOLS[i]);
                unsigned named[] = {(unsigned)family, (unsigned)type, (unsigned)PROTOCOLS[i]};
                EXPECT_IN(called_with(machine, audit, numbers->socket | bits, family, type, PROTOCOLS[i]) == expected, "%x: socket %u, %u, %u",
                          audit, named[0], named[1], named[2]);
                uint64_t flagged = type | SOCK_CLOEXEC | SOCK_NONBLOCK;
                EXPECT_IN(called_with(machine, audit, numbers->socket | bits, HIDDEN | family, HIDDEN | flagged, HIDDEN | PROTOCOLS[i]) == expected,
                          "%x: socket %u, %u, %u, hidden", audit, named[0], named[1], named[2]);
            }
    }
}

/* Filters of the program's own: on a socket by setsockopt (x32 has a number of its own), on its calls by seccomp and prctl. */
static void filters(const struct machine *machine, uint32_t audit, const struct guard_numbers *numbers, uint32_t bits) {
    static const uint64_t REFUSED_OPTIONS[] = {SO_ATTACH_FILTER, SO_ATTACH_BPF, SO_ATTACH_REUSEPORT_CBPF, SO_ATTACH_REUSEPORT_EBPF};
    uint32_t set = (bits == 0 ? numbers->setsockopt : 541) | bits;
    for (uint64_t option = 0; option < 128; option++) {
        bool refused = false;
        for (size_t i = 0; i < COUNT(REFUSED_OPTIONS); i++)
            refused = refused || option == REFUSED_OPTIONS[i];
        uint32_t expected = refused ? (uint32_t)REFUSED : SECCOMP_RET_ALLOW;
        EXPECT_IN(called_with(machine, audit, set, 5, SOL_SOCKET, option) == expected, "%x: option %u", audit, (unsigned)option);
        EXPECT_IN(called_with(machine, audit, set, 5, HIDDEN | SOL_SOCKET, HIDDEN | option) == expected, "%x: option %u, hidden", audit, (unsigned)option);
        uint32_t of_tcp = option == TCP_ULP ? (uint32_t)REFUSED : SECCOMP_RET_ALLOW;
        EXPECT_IN(called_with(machine, audit, set, 5, IPPROTO_TCP, option) == of_tcp, "%x: TCP's option %u", audit, (unsigned)option);
    }
    for (uint64_t word = 0; word < 64; word++) {
        uint32_t by_mode = word == SECCOMP_SET_MODE_FILTER ? (uint32_t)NO_FILTER : SECCOMP_RET_ALLOW;
        EXPECT_IN(called(machine, audit, numbers->seccomp | bits, HIDDEN | word, 0) == by_mode, "%x: seccomp %u", audit, (unsigned)word);
        for (uint64_t mode = 0; mode < 4; mode++) {
            uint32_t by_prctl = word == PR_SET_SECCOMP && mode == SECCOMP_MODE_FILTER ? (uint32_t)NO_FILTER : SECCOMP_RET_ALLOW;
            EXPECT_IN(called(machine, audit, numbers->prctl | bits, HIDDEN | word, HIDDEN | mode) == by_prctl, "%x: prctl %u, %u", audit, (unsigned)word,
                      (unsigned)mode);
        }
    }
}

/* At 1 byte the host's handler of core dumps is left out, so that the limit has to stay there; it may be read. */
static void core_limit(const struct machine *machine, uint32_t audit, const struct guard_numbers *numbers, uint32_t bits) {
    static const uint64_t POINTERS[] = {8, 1ULL << 32, 0x7fff00000000};
    for (uint64_t resource = 0; resource < RLIM_NLIMITS; resource++) {
        uint32_t expected = resource == RLIMIT_CORE ? (uint32_t)AS_IF_DONE : SECCOMP_RET_ALLOW;
        EXPECT_IN(called(machine, audit, numbers->setrlimit | bits, HIDDEN | resource, 8) == expected, "%x: limit %u", audit, (unsigned)resource);
        EXPECT_IN(called_with(machine, audit, numbers->prlimit64 | bits, 0, resource, 0) == SECCOMP_RET_ALLOW, "%x: limit %u read", audit, (unsigned)resource);
        for (size_t i = 0; i < COUNT(POINTERS); i++)
            EXPECT_IN(called_with(machine, audit, numbers->prlimit64 | bits, ANOTHER_PID, HIDDEN | resource, POINTERS[i]) == expected, "%x: limit %u by %u",
                      audit, (unsigned)resource, (unsigned)i);
    }
    EXPECT_IN(called_with(machine, audit, numbers->prlimit64 | bits, RUNNER_PID, RLIMIT_CORE, 8) == REFUSED, "%x: the limit of process 1", audit);
}

static void ways_out(const struct machine *machine, uint32_t audit, const struct guard_numbers *numbers, uint32_t bits) {
    sockets(machine, audit, numbers, bits);
    filters(machine, audit, numbers, bits);
    core_limit(machine, audit, numbers, bits);
    EXPECT_IN(called(machine, audit, numbers->io_uring_setup | bits, 8, 0) == REFUSED, "%x", audit);
    if (numbers->socketcall == 0)
        return;
    EXPECT_IN(called(machine, audit, numbers->socketcall, CALL_SOCKET, 0) == REFUSED, "%x", audit);
    EXPECT_IN(called(machine, audit, numbers->socketcall, CALL_SETSOCKOPT, 0) == REFUSED, "%x", audit);
    EXPECT_IN(called(machine, audit, numbers->socketcall, CALL_SOCKETPAIR, 0) == REFUSED, "%x", audit);
    EXPECT_IN(called(machine, audit, numbers->socketcall, CALL_CONNECT, 0) == SECCOMP_RET_ALLOW, "%x", audit);
}

/* Signals, and those that say of themselves what their sender likes. x32 has two numbers of its own, asm/unistd_x32.h. */
static void signals(const struct machine *machine, uint32_t audit, const struct guard_numbers *numbers, uint32_t bits) {
    static const uint64_t POINTERS[] = {1, 0x1000, 1ULL << 32, 0x7fff00000000};
    const uint32_t plain[] = {numbers->kill, numbers->tkill, numbers->tgkill};
    for (size_t i = 0; i < COUNT(plain); i++)
        by_pid(machine, audit, plain[i] | bits);
    by_pid(machine, audit, (bits == 0 ? numbers->rt_sigqueueinfo : 524) | bits);
    by_pid(machine, audit, (bits == 0 ? numbers->rt_tgsigqueueinfo : 536) | bits);
    struct seccomp_data data = {.nr = (int)(numbers->pidfd_send_signal | bits), .arch = audit, .args = {RUNNER_PID, RUNNER_PID, 0}};
    EXPECT_IN(verdict(machine, &data) == SECCOMP_RET_ALLOW, "%x: a signal without words", audit);
    for (size_t i = 0; i < COUNT(POINTERS); i++) {
        data.args[2] = POINTERS[i];
        EXPECT_IN(verdict(machine, &data) == REFUSED, "%x: words at %llx", audit, (unsigned long long)POINTERS[i]);
    }
}

/* How many call numbers are refused when every argument names process 1, the user, or a filter. */
static int refused_numbers(const struct machine *machine, uint32_t audit) {
    int refused = 0;
    for (uint32_t number = 0; number < MOST_NUMBERS; number++) {
        uint32_t says = called(machine, audit, number, RUNNER_PID, RUNNER_PID);
        EXPECT_IN(says == REFUSED || says == NO_FILTER || says == SECCOMP_RET_ALLOW, "%x, %u: %x", audit, number, says);
        refused += says != SECCOMP_RET_ALLOW;
    }
    return refused;
}

static void native(void) {
    struct machine machine = written();
    calls_of(&machine, NATIVE_AUDIT, &NATIVE, 0);
    ways_out(&machine, NATIVE_AUDIT, &NATIVE, 0);
    signals(&machine, NATIVE_AUDIT, &NATIVE, 0);
    EXPECT(refused_numbers(&machine, NATIVE_AUDIT) == (NATIVE_AUDIT == AUDIT_ARCH_X86_64 ? 16 : 14));
#if defined(__x86_64__)
    calls_of(&machine, NATIVE_AUDIT, &NATIVE, X32);
    ways_out(&machine, NATIVE_AUDIT, &NATIVE, X32);
    signals(&machine, NATIVE_AUDIT, &NATIVE, X32);
#else
    EXPECT(called(&machine, NATIVE_AUDIT, NATIVE.prlimit64 | X32, RUNNER_PID, 0) == SECCOMP_RET_ALLOW);
#endif
}

static void compat(void) {
    struct machine machine = written();
    EXPECT(refused_numbers(&machine, COMPAT_AUDIT) == (COMPAT_AUDIT == AUDIT_ARCH_I386 ? 15 : 14));
    if (GUARD_COMPAT.prlimit64 != 0) {
        calls_of(&machine, COMPAT_AUDIT, &GUARD_COMPAT, 0);
        ways_out(&machine, COMPAT_AUDIT, &GUARD_COMPAT, 0);
        signals(&machine, COMPAT_AUDIT, &GUARD_COMPAT, 0);
    } else
        note("the 32-bit calls' headers are not here: their numbers were not compared");
}

static void foreign(void) {
    struct machine machine = written();
    const uint32_t others[] = {AUDIT_ARCH_S390X, AUDIT_ARCH_PPC64LE, AUDIT_ARCH_RISCV64, AUDIT_ARCH_MIPS, 0, ~0U};
    for (size_t i = 0; i < COUNT(others); i++)
        EXPECT_IN(called(&machine, others[i], 0, 0, 0) == SECCOMP_RET_KILL_PROCESS, "%x", others[i]);
}

#ifndef UNDER_QEMU
/* As child.c does; then a call that must not pass, and one that must. Returns which expectation broke, or 0. */
static int installed(void) {
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 || guard_install() < 0)
        return 1;
    if (syscall(SYS_prlimit64, RUNNER_PID, 0, NULL, NULL) >= 0 || errno != EPERM)
        return 2;
    if (socket(AF_VSOCK, SOCK_STREAM, 0) >= 0 || errno != EAFNOSUPPORT || syscall(SYS_io_uring_setup, 8, NULL) >= 0 || errno != EPERM)
        return 3;
    struct sock_filter all = {BPF_RET | BPF_K, 0, 0, ~0U};
    struct sock_fprog filter = {1, &all};
    int local = socket(AF_UNIX, SOCK_STREAM, 0);
    struct rlimit before, asked = {0, 0}, after;
    if (getrlimit(RLIMIT_CORE, &before) < 0 || setrlimit(RLIMIT_CORE, &asked) < 0 || getrlimit(RLIMIT_CORE, &after) < 0)
        return 8;
    if (before.rlim_cur != after.rlim_cur || before.rlim_max != after.rlim_max)
        return 9;
    if (setsockopt(local, SOL_SOCKET, SO_ATTACH_FILTER, &filter, sizeof filter) >= 0 || errno != EPERM)
        return 4;
    filter.filter->k = SECCOMP_RET_ALLOW;
    if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter, 0, 0) >= 0 || errno != EINVAL)
        return 5;
    if (socket(AF_INET, SOCK_DGRAM, IPPROTO_ICMP) >= 0 || errno != EPROTONOSUPPORT || socket(AF_NETLINK, SOCK_RAW, NETLINK_AUDIT) >= 0)
        return 6;
    return syscall(SYS_prlimit64, 0, 0, NULL, NULL) < 0 || local < 0 || socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, IPPROTO_TCP) < 0 ? 7 : 0;
}

static void kernel_takes_it(void) {
    int status = -1;
    pid_t pid = fork();
    if (pid == 0)
        _exit(installed());
    EXPECT(pid > 0 && waitpid(pid, &status, 0) == pid);
    EXPECT_IN(status == 0, "wait status %x", (unsigned)status);
}
#endif

void guard_tests(void) {
    test("the guard refuses what would change process 1, the two ways out and filters, by the kernel's own call numbers, and nothing else", native);
    test("the guard refuses the same of 32-bit calls", compat);
    test("a call of another architecture ends the process", foreign);
#ifdef UNDER_QEMU
    note("qemu-user has no seccomp: that the kernel takes the guard is not shown here");
#else
    test("the kernel takes the guard, and holds to it", kernel_takes_it);
#endif
}
