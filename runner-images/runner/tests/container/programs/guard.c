/* Tries every call that would change process 1, with every system call interface of the architecture, and the same
 * calls on its own process. Prints one line for each: the call, the interface, the error. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

struct attempt {
    const char *name;
    long number, number_i386;
    long a, b;
    int pid_at; /* the index of the argument with the process ID */
};

static const struct attempt ATTEMPTS[] = {
    {"prlimit64", SYS_prlimit64, 340, 1, RLIMIT_NOFILE, 0},
    {"setpriority process", SYS_setpriority, 97, PRIO_PROCESS, 1, 1},
    {"setpriority group", SYS_setpriority, 97, PRIO_PGRP, 1, 1},
    {"setpriority user", SYS_setpriority, 97, PRIO_USER, 0, -1},
    {"sched_setparam", SYS_sched_setparam, 154, 1, 0, 0},
    {"sched_setscheduler", SYS_sched_setscheduler, 156, 1, 0, 0},
    {"sched_setaffinity", SYS_sched_setaffinity, 241, 1, 8, 0},
    {"sched_setattr", SYS_sched_setattr, 351, 1, 0, 0},
    {"ioprio_set process", SYS_ioprio_set, 289, 1, 1, 1},
    {"ioprio_set group", SYS_ioprio_set, 289, 2, 1, 1},
    {"ioprio_set user", SYS_ioprio_set, 289, 3, 0, -1},
    {"kill", SYS_kill, 37, 1, 0, 0},
    {"tkill", SYS_tkill, 238, 1, 0, 0},
    {"tgkill", SYS_tgkill, 270, 1, 1, 0},
};

static void report(const char *name, const char *way, long result) {
    printf("%s, %s: %s\n", name, way, result < 0 ? strerrorname_np((int)-result) : "done");
}

static long direct(long number, long a, long b) {
    long result = syscall(number, a, b, 0, 0, 0);
    return result < 0 ? -errno : result;
}

#ifdef __x86_64__
static long i386(long number, long a, long b) {
    long result;
    __asm__ volatile("int $0x80" : "=a"(result) : "a"(number), "b"(a), "c"(b), "d"(0L), "S"(0L), "D"(0L) : "memory");
    return (int)result;
}
#endif

int main(void) {
    static const long HIGH_BIT = 1L << 32; /* higher than the 32 bits that the kernel uses of a process ID */
    for (size_t i = 0; i < sizeof ATTEMPTS / sizeof ATTEMPTS[0]; i++) {
        const struct attempt *try = &ATTEMPTS[i];
        report(try->name, "direct", direct(try->number, try->a, try->b));
        report(try->name, "high bits", direct(try->number, try->a + (try->pid_at == 0) * HIGH_BIT, try->b + (try->pid_at == 1) * HIGH_BIT));
#ifdef __x86_64__
        report(try->name, "i386", i386(try->number_i386, try->a, try->b));
        report(try->name, "x32", direct(try->number | 0x40000000, try->a, try->b));
#endif
    }
    struct rlimit limit;
    report("own", "prlimit64", direct(SYS_prlimit64, 0, RLIMIT_NOFILE));
    report("own", "setrlimit", getrlimit(RLIMIT_NOFILE, &limit) < 0 || setrlimit(RLIMIT_NOFILE, &limit) < 0 ? -errno : 0);
    report("own", "setpriority", direct(SYS_setpriority, PRIO_PROCESS, 0));
    report("own", "setpriority group", direct(SYS_setpriority, PRIO_PGRP, 0));
    report("own", "ioprio_set", syscall(SYS_ioprio_set, 1, 0, 2 << 13 | 4) < 0 ? -errno : 0);
    return 0;
}
