/* A library that LD_PRELOAD loads into the warm Node, for tasks that JavaScript cannot perform. It stops the
 * monotonic clock of the process during the wait on descriptor 3, so that performance.now() and process.uptime()
 * count from the start of the program. It removes the variables of the warm interpreter from /proc/self/environ.
 * During the wait, the current folder is the root folder, because Node looks for a package.json in its current folder
 * before it requires the first file, and caches the result. */
#include <dlfcn.h>
#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "companion.h"
#include "preload.h"

#define EXPORTED __attribute__((visibility("default")))

enum { RUNNER_FD = 3 };
static const long SECOND_NS = 1000000000;
/* Distinguishes the two clocks: a monotonic time is lower (3 years of uptime), and a time of day is higher (1973). */
static const time_t BORDER_S = 100000000;

static const char *const OURS[] = {"LD_PRELOAD", "NODE_OPTIONS"};
static char *variables[sizeof OURS / sizeof OURS[0]];

/* The folder in which the runner started this process; empty if its path is unknown and the current folder was not
 * changed. */
static char work_dir[PATH_MAX];

static _Atomic long long waited_ns;
/* The time when the first read of the runner's descriptor began, and the inode of the socket, because a file of the
 * program can get the same descriptor number. */
static long long began_ns;
static ino_t runner_inode;

static int (*real_clock_gettime)(clockid_t, struct timespec *);
static int (*real_timedwait)(pthread_cond_t *, pthread_mutex_t *, const struct timespec *);
static int (*real_clockwait)(pthread_cond_t *, pthread_mutex_t *, clockid_t, const struct timespec *);
static ssize_t (*real_read)(int, void *, size_t);

__attribute__((constructor)) static void start(void) {
    real_clock_gettime = (__typeof__(real_clock_gettime))dlsym(RTLD_NEXT, "clock_gettime");
    real_timedwait = (__typeof__(real_timedwait))dlsym(RTLD_NEXT, "pthread_cond_timedwait");
    real_clockwait = (__typeof__(real_clockwait))dlsym(RTLD_NEXT, "pthread_cond_clockwait");
    real_read = (__typeof__(real_read))dlsym(RTLD_NEXT, "read");
    for (size_t i = 0; i < sizeof OURS / sizeof OURS[0]; i++)
        variables[i] = variable_find(OURS[i]);
    (void)unsetenv("LD_PRELOAD"); /* NODE_OPTIONS stays until Node has read it; warm.cjs deletes it */
    if (work_dir[0] == '\0' && (getcwd(work_dir, sizeof work_dir) == NULL || chdir("/") < 0))
        work_dir[0] = '\0';
    companion_start();
}

static long long to_ns(const struct timespec *time) {
    return (long long)time->tv_sec * SECOND_NS + time->tv_nsec;
}

static struct timespec shifted(const struct timespec *time, long long by_ns) {
    long long ns = to_ns(time) + by_ns;
    return (struct timespec){.tv_sec = ns / SECOND_NS, .tv_nsec = ns % SECOND_NS};
}

EXPORTED int clock_gettime(clockid_t clock, struct timespec *time) {
    if (real_clock_gettime == NULL) /* the constructor of another library ran before ours */
        start();
    int result = real_clock_gettime(clock, time);
    if (result == 0 && (clock == CLOCK_MONOTONIC || clock == CLOCK_MONOTONIC_COARSE))
        *time = shifted(time, -atomic_load_explicit(&waited_ns, memory_order_relaxed));
    return result;
}

/* Deadlines are relative to the shifted clock, but the kernel uses the real one. */
EXPORTED int pthread_cond_timedwait(pthread_cond_t *condition, pthread_mutex_t *mutex, const struct timespec *deadline) {
    struct timespec real = shifted(deadline, deadline->tv_sec < BORDER_S ? atomic_load(&waited_ns) : 0);
    return real_timedwait(condition, mutex, &real);
}

EXPORTED int pthread_cond_clockwait(pthread_cond_t *condition, pthread_mutex_t *mutex, clockid_t clock, const struct timespec *deadline) {
    struct timespec real = shifted(deadline, clock == CLOCK_MONOTONIC ? atomic_load(&waited_ns) : 0);
    return real_clockwait(condition, mutex, clock, &real);
}

static long long now_ns(void) {
    struct timespec now;
    (void)real_clock_gettime(CLOCK_MONOTONIC, &now);
    return to_ns(&now);
}

static bool is_runner(int fd) {
    struct stat status;
    if (fd != RUNNER_FD || fstat(fd, &status) < 0 || !S_ISSOCK(status.st_mode))
        return false;
    if (began_ns == 0) {
        began_ns = now_ns();
        runner_inode = status.st_ino;
    }
    return status.st_ino == runner_inode;
}

/* The wait lasts until the last message of the runner, so it includes the build. */
EXPORTED ssize_t read(int fd, void *data, size_t size) {
    if (real_read == NULL)
        start();
    if (!is_runner(fd))
        return real_read(fd, data, size);
    companion_end();
    ssize_t count = real_read(fd, data, size);
    int error = errno;
    atomic_store(&waited_ns, now_ns() - began_ns);
    if (work_dir[0] != '\0' && chdir(work_dir) == 0)
        work_dir[0] = '\0';
    for (size_t i = 0; i < sizeof OURS / sizeof OURS[0]; i++)
        variable_wipe(variables[i]);
    errno = error;
    return count;
}
