/* Tests of what the guard's rules refuse and allow. */
#include <linux/net.h>
#include <linux/netlink.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include "guard_filter.h"

/* linux/ioprio.h */
enum { IO_PROCESS = 1, IO_GROUP = 2, IO_USER = 3 };
enum { NO_FAMILY = SECCOMP_RET_ERRNO | EAFNOSUPPORT, NO_PROTOCOL = SECCOMP_RET_ERRNO | EPROTONOSUPPORT };
enum { PRETENDED = SECCOMP_RET_ERRNO, ANOTHER_PID = 2 };
/* Higher than the 32 bits that the kernel uses of an argument. */
static const uint64_t HIGH = 1ULL << 32;

/* Calls that the filter identifies by one audit number, with their numbers from the kernel's headers. */
struct interface {
    uint32_t audit;
    const struct guard_numbers *numbers;
};

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

/* `kinds` contains the numbers for a process, a group and a user. */
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

/* Returns the expected return value of the guard for a socket. */
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

/* The core dump limit must stay at 1 byte, which disables the handler of the host. Reading it is allowed. */
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
    for (size_t i = 0; i < ROW_COUNT; i++) {
        uint32_t number = number_of(interface->numbers, &ROWS[i]);
        if (ROWS[i].rule == refuse_call && number != NONE)
            EXPECT_IN(call2(filter, interface->audit, number, 8, 0) == REFUSED, "%x: %s", interface->audit, ROWS[i].name);
    }
}

void expect_all_rules(uint32_t audit, const struct guard_numbers *numbers) {
    static void (*const RULES[])(const struct filter *, const struct interface *) = {
        pid_calls, priorities, sockets, socket_calls, socket_options, call_filters, core_limit, signal_info, refused_always};
    struct filter filter = written_filter();
    struct interface interface = {audit, numbers};
    for (size_t i = 0; i < COUNT(RULES); i++)
        RULES[i](&filter, &interface);
}
