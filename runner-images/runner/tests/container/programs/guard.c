/* Tries every call that would change process 1, in each way the architecture has of making it, and the same calls on
 * itself. Prints one line for each: name, how, errno. */
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
    int pid_at; /* which argument names the target */
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

static void tell(const char *name, const char *way, long result) {
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
    static const long HIDDEN = 1L << 32; /* above what the kernel takes of a pid */
    for (size_t i = 0; i < sizeof ATTEMPTS / sizeof ATTEMPTS[0]; i++) {
        const struct attempt *try = &ATTEMPTS[i];
        tell(try->name, "direct", direct(try->number, try->a, try->b));
        tell(try->name, "upper half", direct(try->number, try->a + (try->pid_at == 0) * HIDDEN, try->b + (try->pid_at == 1) * HIDDEN));
#ifdef __x86_64__
        tell(try->name, "i386", i386(try->number_i386, try->a, try->b));
        tell(try->name, "x32", direct(try->number | 0x40000000, try->a, try->b));
#endif
    }
    struct rlimit limit;
    tell("own", "prlimit64", direct(SYS_prlimit64, 0, RLIMIT_NOFILE));
    tell("own", "setrlimit", getrlimit(RLIMIT_NOFILE, &limit) < 0 || setrlimit(RLIMIT_NOFILE, &limit) < 0 ? -errno : 0);
    tell("own", "setpriority", direct(SYS_setpriority, PRIO_PROCESS, 0));
    tell("own", "setpriority group", direct(SYS_setpriority, PRIO_PGRP, 0));
    tell("own", "ioprio_set", syscall(SYS_ioprio_set, 1, 0, 2 << 13 | 4) < 0 ? -errno : 0);
    return 0;
}
