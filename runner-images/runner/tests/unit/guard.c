/* The guard as a whole: its table, its size, and the kernel that runs it. */
#include <linux/netlink.h>
#include <netinet/in.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "guard_filter.h"

enum { MOST_NUMBERS = 1024 };
static const uint32_t X32_BIT = 0x40000000;

static void table_numbers(void) {
    for (size_t i = 0; i < ROW_COUNT; i++) {
#if defined(__x86_64__)
        uint32_t x32 = ROWS[i].x32 != NONE ? ROWS[i].x32 : ROWS[i].x86_64;
        EXPECT_IN(ROWS[i].x86_64 == number_of(&NUMBERS_64, &ROWS[i]), "%s, x86-64", ROWS[i].name);
        EXPECT_IN(x32 == (x32 == NONE ? NONE : number_of(&NUMBERS_X32, &ROWS[i]) & ~X32_BIT), "%s, x32", ROWS[i].name);
        EXPECT_IN(ROWS[i].i386 == number_of(&NUMBERS_32, &ROWS[i]), "%s, i386", ROWS[i].name);
#else
        EXPECT_IN(ROWS[i].aarch64 == number_of(&NUMBERS_64, &ROWS[i]), "%s, aarch64", ROWS[i].name);
        EXPECT_IN(NUMBERS_32.kill == 0 || ROWS[i].arm == number_of(&NUMBERS_32, &ROWS[i]), "%s, arm", ROWS[i].name);
#endif
    }
    if (NUMBERS_32.kill == 0)
        note("the headers of the 32-bit calls are not installed: their numbers were not compared");
}

/* Measures the check of each call by the jump over it. No check may be longer than the _Static_assert in guard.c assumes. */
static void check_sizes(void) {
    struct filter filter = written_filter();
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

/* Whether a rule refuses a call whose arguments 0 and 1 are 1 and whose other arguments are 0. */
static bool refuses_ones(guard_rule *rule) {
    return rule == refuse_call || rule == check_pid || rule == check_prlimit || rule == check_priority || rule == check_ioprio ||
           rule == check_socketcall || rule == check_seccomp;
}

/* Whether the table has a call with this number that must be refused. x86-64 and x32 have one audit number, so the filter compares the
 * numbers of both. */
static bool is_refused(uint32_t audit, uint32_t number) {
    for (size_t i = 0; i < ROW_COUNT; i++) {
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
    struct filter filter = written_filter();
    for (size_t i = 0; i < COUNT(AUDITS); i++)
        for (uint32_t number = 0; number < MOST_NUMBERS; number++) {
            uint32_t action = call2(&filter, *AUDITS[i], number, RUNNER_PID, RUNNER_PID);
            EXPECT_IN(action == REFUSED || action == NO_FILTER || action == SECCOMP_RET_ALLOW, "%x, %u: %x", *AUDITS[i], number, action);
            EXPECT_IN((action != SECCOMP_RET_ALLOW) == is_refused(*AUDITS[i], number), "%x, %u: %x", *AUDITS[i], number, action);
        }
}

static void calls_64(void) {
    expect_all_rules(AUDIT_64, &NUMBERS_64);
#if defined(__x86_64__)
    expect_all_rules(AUDIT_64, &NUMBERS_X32);
#else
    struct filter filter = written_filter();
    EXPECT(call2(&filter, AUDIT_64, NUMBERS_64.prlimit64 | X32_BIT, RUNNER_PID, 0) == SECCOMP_RET_ALLOW);
#endif
}

static void calls_32(void) {
    if (NUMBERS_32.kill == 0)
        note("the headers of the 32-bit calls are not installed: these calls were not tested");
    else
        expect_all_rules(AUDIT_32, &NUMBERS_32);
}

static void other_architectures(void) {
    struct filter filter = written_filter();
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
    test("the check of a call fits into the space of the filter", check_sizes);
    test("the guard checks the arguments of 64-bit calls", calls_64);
    test("the guard checks the arguments of 32-bit calls", calls_32);
    test("the guard allows every call that is not in the table", only_listed);
    test("a call of another architecture ends the process", other_architectures);
#ifdef UNDER_QEMU
    note("qemu-user does not support seccomp, so the kernel did not run the guard");
#else
    test("the kernel accepts the guard and applies it", kernel_runs_it);
#endif
}
