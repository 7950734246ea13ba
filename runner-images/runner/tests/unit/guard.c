/* Runs the guard's filter with an interpreter. So it is tested for the calls of every architecture, also where the kernel cannot run
 * it (qemu-user has no seccomp). The call numbers come from the kernel's headers, not from guard_calls.h.
 * Source: kernel networking/filter.rst, seccomp(2). */
#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/net.h>
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
#include <unistd.h>

#include "check.h"
#include "guard.h"
#include "guard_numbers.h"
#include "runner.h"

/* linux/ioprio.h */
enum { IO_PROCESS = 1, IO_GROUP = 2, IO_USER = 3 };
enum { REFUSED = SECCOMP_RET_ERRNO | EPERM, NO_FAMILY = SECCOMP_RET_ERRNO | EAFNOSUPPORT };
enum { PRETENDED = SECCOMP_RET_ERRNO };
enum { NO_PROTOCOL = SECCOMP_RET_ERRNO | EPROTONOSUPPORT, NO_FILTER = SECCOMP_RET_ERRNO | EINVAL };
enum { MOST_NUMBERS = 1024, ANOTHER_PID = 2 };
static const uint32_t X32_BIT = 0x40000000;
/* Higher than the 32 bits that the kernel uses of an argument. */
static const uint64_t HIGH = 1ULL << 32;

/* The calls that the filter knows by one audit number, with their numbers from the kernel's headers. */
struct interface {
    uint32_t audit;
    const struct guard_numbers *numbers;
};

#if defined(__x86_64__)
static const uint32_t AUDIT_64 = AUDIT_ARCH_X86_64, AUDIT_32 = AUDIT_ARCH_I386;
#else
static const uint32_t AUDIT_64 = AUDIT_ARCH_AARCH64, AUDIT_32 = AUDIT_ARCH_ARM;
#endif

/* The rows of guard_calls.h. */
static const struct {
    const char *name;
    guard_rule *rule;
    uint32_t x86_64, x32, i386, aarch64, arm;
    size_t offset;
} ROWS[] = {
#define CALL(name, ...) {#name, __VA_ARGS__, offsetof(struct guard_numbers, name)},
#include "guard_calls.h"
#undef CALL
};

struct filter {
    struct sock_filter code[GUARD_MOST_INSTRUCTIONS];
    unsigned short size;
};

static struct filter written(void) {
    struct filter filter = {.size = 0};
    filter.size = guard_write(filter.code);
    EXPECT_IN(filter.size > 0 && filter.size <= GUARD_MOST_INSTRUCTIONS, "%u instructions", filter.size);
    return filter;
}

static bool matches(uint32_t accumulator, const struct sock_filter *at) {
    return at->code == (BPF_JMP | BPF_JEQ | BPF_K) && accumulator == at->k;
}

/* What the filter returns for a call; ~0 if the kernel would refuse the filter. */
static uint32_t run_filter(const struct filter *filter, const struct seccomp_data *data) {
    uint32_t accumulator = 0;
    for (size_t next = 0; next < filter->size;) {
        const struct sock_filter *at = &filter->code[next++];
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
            next += matches(accumulator, at) ? at->jt : at->jf;
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

static uint32_t call3(const struct filter *filter, uint32_t audit, uint32_t number, uint64_t a, uint64_t b, uint64_t c) {
    struct seccomp_data data = {.nr = (int)number, .arch = audit, .args = {a, b, c}};
    return run_filter(filter, &data);
}

static uint32_t call2(const struct filter *filter, uint32_t audit, uint32_t number, uint64_t a, uint64_t b) {
    return call3(filter, audit, number, a, b, 0);
}

static uint32_t number_of(const struct guard_numbers *numbers, size_t row) {
    uint32_t number;
    memcpy(&number, (const char *)numbers + ROWS[row].offset, sizeof number);
    return number;
}

static void table_numbers(void) {
    for (size_t i = 0; i < COUNT(ROWS); i++) {
#if defined(__x86_64__)
        uint32_t x32 = ROWS[i].x32 != NONE ? ROWS[i].x32 : ROWS[i].x86_64;
        EXPECT_IN(ROWS[i].x86_64 == number_of(&NUMBERS_64, i), "%s, x86-64", ROWS[i].name);
        EXPECT_IN(x32 == (x32 == NONE ? NONE : number_of(&NUMBERS_X32, i) & ~X32_BIT), "%s, x32", ROWS[i].name);
        EXPECT_IN(ROWS[i].i386 == number_of(&NUMBERS_32, i), "%s, i386", ROWS[i].name);
#else
        EXPECT_IN(ROWS[i].aarch64 == number_of(&NUMBERS_64, i), "%s, aarch64", ROWS[i].name);
        EXPECT_IN(NUMBERS_32.kill == 0 || ROWS[i].arm == number_of(&NUMBERS_32, i), "%s, arm", ROWS[i].name);
#endif
    }
    if (NUMBERS_32.kill == 0)
        note("the headers of the 32-bit calls are not installed: their numbers were not compared");
}

/* The check of each call is not longer than the _Static_assert in guard.c assumes: a failed comparison jumps over all of it. */
static void check_sizes(void) {
    struct filter filter = written();
    for (size_t at = 2; at < filter.size; at++) {
        if (filter.code[at - 1].code != (BPF_ALU | BPF_AND | BPF_K) || filter.code[at - 2].k != offsetof(struct seccomp_data, nr))
            continue;
        for (; filter.code[at].code == (BPF_JMP | BPF_JEQ | BPF_K); at += filter.code[at].jf + 1U) {
            bool is_socket = filter.code[at].k == NUMBERS_64.socket || filter.code[at].k == NUMBERS_32.socket;
            EXPECT_IN(filter.code[at].jf + 1 <= (is_socket ? SOCKET_MOST_INSTRUCTIONS : CALL_MOST_INSTRUCTIONS), "call %u: %u instructions",
                      filter.code[at].k, filter.code[at].jf + 1U);
        }
    }
}

static void pid_call(const struct filter *filter, uint32_t audit, uint32_t number) {
    EXPECT_IN(call2(filter, audit, number, RUNNER_PID, 0) == REFUSED, "%x, %u: process 1", audit, number);
    EXPECT_IN(call2(filter, audit, number, HIGH | RUNNER_PID, 0) == REFUSED, "%x, %u: process 1 and high bits", audit, number);
    EXPECT_IN(call2(filter, audit, number, 0, RUNNER_PID) == SECCOMP_RET_ALLOW, "%x, %u: itself", audit, number);
    EXPECT_IN(call2(filter, audit, number, ANOTHER_PID, 1) == SECCOMP_RET_ALLOW, "%x, %u: another process", audit, number);
}

static void pid_calls(const struct filter *filter, const struct interface *interface) {
    const struct guard_numbers *numbers = interface->numbers;
    const uint32_t calls[] = {numbers->sched_setparam, numbers->sched_setscheduler, numbers->sched_setaffinity,
                              numbers->prlimit64, numbers->sched_setattr, numbers->kill, numbers->tkill, numbers->tgkill,
                              numbers->rt_sigqueueinfo, numbers->rt_tgsigqueueinfo};
    for (size_t i = 0; i < COUNT(calls); i++)
        pid_call(filter, interface->audit, calls[i]);
}

/* kinds: process, group, user. */
static void priority_call(const struct filter *filter, uint32_t audit, uint32_t number, const uint32_t kinds[3]) {
    for (int i = 0; i < 2; i++) {
        EXPECT_IN(call2(filter, audit, number, kinds[i], RUNNER_PID) == REFUSED, "%x, %u, %u: process 1", audit, number, kinds[i]);
        EXPECT_IN(call2(filter, audit, number, HIGH | kinds[i], HIGH | RUNNER_PID) == REFUSED, "%x, %u, %u: high bits", audit, number, kinds[i]);
        EXPECT_IN(call2(filter, audit, number, kinds[i], 0) == SECCOMP_RET_ALLOW, "%x, %u, %u: itself", audit, number, kinds[i]);
        EXPECT_IN(call2(filter, audit, number, kinds[i], ANOTHER_PID) == SECCOMP_RET_ALLOW, "%x, %u, %u: another process", audit, number, kinds[i]);
    }
    EXPECT_IN(call2(filter, audit, number, kinds[2], 0) == REFUSED, "%x, %u: its own user", audit, number);
    EXPECT_IN(call2(filter, audit, number, kinds[2], ANOTHER_PID) == REFUSED, "%x, %u: any user", audit, number);
}

static void priorities(const struct filter *filter, const struct interface *interface) {
    static const uint32_t KINDS[] = {PRIO_PROCESS, PRIO_PGRP, PRIO_USER}, IO_KINDS[] = {IO_PROCESS, IO_GROUP, IO_USER};
    priority_call(filter, interface->audit, interface->numbers->setpriority, KINDS);
    priority_call(filter, interface->audit, interface->numbers->ioprio_set, IO_KINDS);
}

/* What the guard should return for a socket. */
static uint32_t expected_for_socket(uint64_t family, uint64_t type, uint64_t protocol) {
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

static void socket_call(const struct filter *filter, const struct interface *interface, uint64_t family, uint64_t type, uint64_t protocol) {
    uint32_t audit = interface->audit, number = interface->numbers->socket;
    uint32_t expected = expected_for_socket(family, type, protocol);
    uint64_t flagged = type | SOCK_CLOEXEC | SOCK_NONBLOCK;
    EXPECT_IN(call3(filter, audit, number, family, type, protocol) == expected, "%x: socket %u, %u, %u", audit, (unsigned)family,
              (unsigned)type, (unsigned)protocol);
    EXPECT_IN(call3(filter, audit, number, HIGH | family, HIGH | flagged, HIGH | protocol) == expected,
              "%x: socket %u, %u, %u with high bits", audit, (unsigned)family, (unsigned)type, (unsigned)protocol);
}

static void sockets(const struct filter *filter, const struct interface *interface) {
    static const uint64_t PROTOCOLS[] = {0, 1, 2, IPPROTO_TCP, IPPROTO_UDP, IPPROTO_ICMPV6, IPPROTO_SCTP, IPPROTO_UDPLITE, IPPROTO_RAW, 262};
    for (uint64_t family = 0; family < 64; family++) {
        uint32_t pair = family == AF_UNIX ? SECCOMP_RET_ALLOW : (uint32_t)NO_FAMILY;
        EXPECT_IN(call2(filter, interface->audit, interface->numbers->socketpair, HIGH | family, SOCK_STREAM) == pair, "%x: socketpair %u",
                  interface->audit, (unsigned)family);
        for (uint64_t type = 0; type < 16; type++)
            for (size_t i = 0; i < COUNT(PROTOCOLS); i++)
                socket_call(filter, interface, family, type, PROTOCOLS[i]);
    }
}

static void socket_calls(const struct filter *filter, const struct interface *interface) {
    static const uint64_t REFUSED_CALLS[] = {SYS_SOCKET, SYS_SOCKETPAIR, SYS_SETSOCKOPT};
    uint32_t number = interface->numbers->socketcall;
    if (number == NONE)
        return;
    for (size_t i = 0; i < COUNT(REFUSED_CALLS); i++)
        EXPECT_IN(call2(filter, interface->audit, number, REFUSED_CALLS[i], 0) == REFUSED, "%x: %u", interface->audit, (unsigned)REFUSED_CALLS[i]);
    EXPECT_IN(call2(filter, interface->audit, number, SYS_CONNECT, 0) == SECCOMP_RET_ALLOW, "%x", interface->audit);
}

static bool is_filter_option(uint64_t option) {
    return option == SO_ATTACH_FILTER || option == SO_ATTACH_BPF || option == SO_ATTACH_REUSEPORT_CBPF || option == SO_ATTACH_REUSEPORT_EBPF;
}

static void socket_options(const struct filter *filter, const struct interface *interface) {
    uint32_t audit = interface->audit, number = interface->numbers->setsockopt;
    for (uint64_t option = 0; option < 128; option++) {
        uint32_t expected = is_filter_option(option) ? (uint32_t)REFUSED : SECCOMP_RET_ALLOW;
        uint32_t for_tcp = option == TCP_ULP ? (uint32_t)REFUSED : SECCOMP_RET_ALLOW;
        EXPECT_IN(call3(filter, audit, number, 5, SOL_SOCKET, option) == expected, "%x: option %u", audit, (unsigned)option);
        EXPECT_IN(call3(filter, audit, number, 5, HIGH | SOL_SOCKET, HIGH | option) == expected, "%x: option %u and high bits", audit, (unsigned)option);
        EXPECT_IN(call3(filter, audit, number, 5, IPPROTO_TCP, option) == for_tcp, "%x: TCP option %u", audit, (unsigned)option);
    }
}

static void call_filters(const struct filter *filter, const struct interface *interface) {
    uint32_t audit = interface->audit;
    for (uint64_t operation = 0; operation < 64; operation++) {
        uint32_t expected = operation == SECCOMP_SET_MODE_FILTER ? (uint32_t)NO_FILTER : SECCOMP_RET_ALLOW;
        EXPECT_IN(call2(filter, audit, interface->numbers->seccomp, HIGH | operation, 0) == expected, "%x: seccomp %u", audit, (unsigned)operation);
        for (uint64_t mode = 0; mode < 4; mode++) {
            expected = operation == PR_SET_SECCOMP && mode == SECCOMP_MODE_FILTER ? (uint32_t)NO_FILTER : SECCOMP_RET_ALLOW;
            EXPECT_IN(call2(filter, audit, interface->numbers->prctl, HIGH | operation, HIGH | mode) == expected, "%x: prctl %u, %u", audit,
                      (unsigned)operation, (unsigned)mode);
        }
    }
}

/* The core dump limit must stay at 1 byte, which disables the host's handler; reading it is allowed. */
static void core_limit(const struct filter *filter, const struct interface *interface) {
    static const uint64_t POINTERS[] = {8, 1ULL << 32, 0x7fff00000000};
    uint32_t audit = interface->audit, prlimit = interface->numbers->prlimit64;
    for (uint64_t resource = 0; resource < RLIM_NLIMITS; resource++) {
        uint32_t expected = resource == RLIMIT_CORE ? (uint32_t)PRETENDED : SECCOMP_RET_ALLOW;
        EXPECT_IN(call2(filter, audit, interface->numbers->setrlimit, HIGH | resource, 8) == expected, "%x: limit %u", audit, (unsigned)resource);
        EXPECT_IN(call3(filter, audit, prlimit, 0, resource, 0) == SECCOMP_RET_ALLOW, "%x: reading limit %u", audit, (unsigned)resource);
        for (size_t i = 0; i < COUNT(POINTERS); i++)
            EXPECT_IN(call3(filter, audit, prlimit, ANOTHER_PID, HIGH | resource, POINTERS[i]) == expected, "%x: limit %u, pointer %zu", audit,
                      (unsigned)resource, i);
    }
    EXPECT_IN(call3(filter, audit, prlimit, RUNNER_PID, RLIMIT_CORE, 8) == REFUSED, "%x: the limit of process 1", audit);
}

static void signal_info(const struct filter *filter, const struct interface *interface) {
    static const uint64_t POINTERS[] = {1, 0x1000, 1ULL << 32, 0x7fff00000000};
    uint32_t audit = interface->audit, number = interface->numbers->pidfd_send_signal;
    EXPECT_IN(call3(filter, audit, number, RUNNER_PID, RUNNER_PID, 0) == SECCOMP_RET_ALLOW, "%x: a signal without siginfo_t", audit);
    for (size_t i = 0; i < COUNT(POINTERS); i++)
        EXPECT_IN(call3(filter, audit, number, RUNNER_PID, RUNNER_PID, POINTERS[i]) == REFUSED, "%x: siginfo_t at pointer %zu", audit, i);
}

static void refused_always(const struct filter *filter, const struct interface *interface) {
    for (size_t i = 0; i < COUNT(ROWS); i++) {
        uint32_t number = number_of(interface->numbers, i);
        if (ROWS[i].rule == refuse_call && number != NONE)
            EXPECT_IN(call2(filter, interface->audit, number, 8, 0) == REFUSED, "%x: %s", interface->audit, ROWS[i].name);
    }
}

static void all_rules(uint32_t audit, const struct guard_numbers *numbers) {
    static void (*const RULES[])(const struct filter *, const struct interface *) = {
        pid_calls, priorities, sockets, socket_calls, socket_options, call_filters, core_limit, signal_info, refused_always};
    struct filter filter = written();
    struct interface interface = {audit, numbers};
    for (size_t i = 0; i < COUNT(RULES); i++)
        RULES[i](&filter, &interface);
}

/* Whether a rule refuses a call whose arguments 0 and 1 are 1 and whose other arguments are 0. */
static bool refuses_ones(guard_rule *rule) {
    return rule == refuse_call || rule == check_pid || rule == check_prlimit || rule == check_priority || rule == check_ioprio ||
           rule == check_socketcall || rule == check_seccomp;
}

/* Whether the table has a call with this number that must be refused. x86-64 and x32 have one audit number, so the filter compares the
 * numbers of both. */
static bool is_refused(uint32_t audit, uint32_t number) {
    for (size_t i = 0; i < COUNT(ROWS); i++) {
        const uint32_t x86_64[] = {ROWS[i].x86_64, ROWS[i].x32}, others[] = {ROWS[i].i386, ROWS[i].aarch64, ROWS[i].arm};
        bool found = audit == AUDIT_ARCH_X86_64 ? number == x86_64[0] || number == x86_64[1]
                                                : number == others[audit == AUDIT_ARCH_I386 ? 0 : audit == AUDIT_ARCH_AARCH64 ? 1 : 2];
        if (found && refuses_ones(ROWS[i].rule))
            return true;
    }
    return false;
}

static void only_listed(void) {
    static const uint32_t *const AUDITS[] = {&AUDIT_64, &AUDIT_32};
    struct filter filter = written();
    for (size_t i = 0; i < COUNT(AUDITS); i++)
        for (uint32_t number = 0; number < MOST_NUMBERS; number++) {
            uint32_t action = call2(&filter, *AUDITS[i], number, RUNNER_PID, RUNNER_PID);
            EXPECT_IN(action == REFUSED || action == NO_FILTER || action == SECCOMP_RET_ALLOW, "%x, %u: %x", *AUDITS[i], number, action);
            EXPECT_IN((action != SECCOMP_RET_ALLOW) == is_refused(*AUDITS[i], number), "%x, %u: %x", *AUDITS[i], number, action);
        }
}

static void calls_64(void) {
    all_rules(AUDIT_64, &NUMBERS_64);
#if defined(__x86_64__)
    all_rules(AUDIT_64, &NUMBERS_X32);
#else
    struct filter filter = written();
    EXPECT(call2(&filter, AUDIT_64, NUMBERS_64.prlimit64 | X32_BIT, RUNNER_PID, 0) == SECCOMP_RET_ALLOW);
#endif
}

static void calls_32(void) {
    if (NUMBERS_32.kill == 0)
        note("the headers of the 32-bit calls are not installed: these calls were not tested");
    else
        all_rules(AUDIT_32, &NUMBERS_32);
}

static void other_architectures(void) {
    struct filter filter = written();
    const uint32_t others[] = {AUDIT_ARCH_S390X, AUDIT_ARCH_PPC64LE, AUDIT_ARCH_RISCV64, AUDIT_ARCH_MIPS, 0, ~0U};
    for (size_t i = 0; i < COUNT(others); i++)
        EXPECT_IN(call2(&filter, others[i], 0, 0, 0) == SECCOMP_RET_KILL_PROCESS, "%x", others[i]);
}

#ifndef UNDER_QEMU
static bool keeps_core_limit(void) {
    struct rlimit before, asked = {0, 0}, after;
    return getrlimit(RLIMIT_CORE, &before) == 0 && setrlimit(RLIMIT_CORE, &asked) == 0 && getrlimit(RLIMIT_CORE, &after) == 0 &&
           before.rlim_cur == after.rlim_cur && before.rlim_max == after.rlim_max;
}

/* Installs the guard as child.c does, then tries calls. Returns the number of the failed check, or 0. */
static int installed(void) {
    struct sock_filter all = {BPF_RET | BPF_K, 0, 0, ~0U};
    struct sock_fprog filter = {1, &all};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 || guard_install() < 0)
        return 1;
    if (syscall(SYS_prlimit64, RUNNER_PID, 0, NULL, NULL) >= 0 || errno != EPERM)
        return 2;
    if (socket(AF_VSOCK, SOCK_STREAM, 0) >= 0 || errno != EAFNOSUPPORT || syscall(SYS_io_uring_setup, 8, NULL) >= 0 || errno != EPERM)
        return 3;
    if (!keeps_core_limit())
        return 4;
    int local = socket(AF_UNIX, SOCK_STREAM, 0);
    if (local < 0 || setsockopt(local, SOL_SOCKET, SO_ATTACH_FILTER, &filter, sizeof filter) >= 0 || errno != EPERM)
        return 5;
    filter.filter->k = SECCOMP_RET_ALLOW;
    if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter, 0, 0) >= 0 || errno != EINVAL)
        return 6;
    if (socket(AF_INET, SOCK_DGRAM, IPPROTO_ICMP) >= 0 || errno != EPROTONOSUPPORT || socket(AF_NETLINK, SOCK_RAW, NETLINK_AUDIT) >= 0)
        return 7;
    return syscall(SYS_prlimit64, 0, 0, NULL, NULL) < 0 || socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, IPPROTO_TCP) < 0 ? 8 : 0;
}

static void kernel_runs_it(void) {
    expect_in_child(installed);
}
#endif

void guard_tests(void) {
    test("the numbers in guard_calls.h are those of the kernel's headers", table_numbers);
    test("the check of a call is not longer than the filter has space for", check_sizes);
    test("the guard checks the arguments of 64-bit calls", calls_64);
    test("the guard checks the arguments of 32-bit calls", calls_32);
    test("the guard allows every call that is not in the table", only_listed);
    test("a call of another architecture ends the process", other_architectures);
#ifdef UNDER_QEMU
    note("qemu-user has no seccomp: the kernel did not run the guard");
#else
    test("the kernel accepts the guard and applies it", kernel_runs_it);
#endif
}
