/* The events other than input and output that the runner waits for: signals, the timer, and exits of processes. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "runner.h"

/* The unit of ru_maxrss, getrusage(2). */
enum { BYTES_PER_RSS = 1024 };
/* The longest wait for killed processes. */
enum { KILL_WAIT_MS = 2000 };

int64_t clock_ns(void) {
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now); /* cannot fail for this clock */
    return (int64_t)now.tv_sec * NS_PER_S + now.tv_nsec;
}

int watch_open(struct watch *watch) {
    sigset_t handled;
    sigemptyset(&handled);
    sigaddset(&handled, SIGTERM);
    sigaddset(&handled, SIGCHLD);
    if (sigprocmask(SIG_BLOCK, &handled, NULL) < 0 || signal(SIGPIPE, SIG_IGN) == SIG_ERR)
        return -1;
    watch->signal_fd = signalfd(-1, &handled, SFD_CLOEXEC | SFD_NONBLOCK);
    watch->timer_fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
    return watch->signal_fd < 0 || watch->timer_fd < 0 ? -1 : 0;
}

bool reap(struct child *child) {
    struct rusage usage;
    int status;
    pid_t pid;
    while ((pid = wait4(-1, &status, WNOHANG, &usage)) > 0) {
        if (usage.ru_maxrss * BYTES_PER_RSS > child->rss_bytes)
            child->rss_bytes = usage.ru_maxrss * BYTES_PER_RSS;
        if (pid != child->pid)
            continue;
        child->ended = true;
        child->status = status;
    }
    return pid == 0;
}

void watch_signals(struct watch *watch, struct child *child) {
    struct signalfd_siginfo info[8];
    /* Reads only once, because a program can send endless signals. */
    ssize_t size = read(watch->signal_fd, info, sizeof info);
    for (size_t i = 0; size > 0 && i < (size_t)size / sizeof info[0]; i++) {
        /* Process ID 0 is a sender outside our PID namespace. rt_sigqueueinfo(2) can forge it, but not together with SI_USER. */
        if (info[i].ssi_signo == SIGTERM && info[i].ssi_code == SI_USER && info[i].ssi_pid == 0)
            watch->terminated = true;
    }
    (void)reap(child);
}

/* In the unit tests, the runner is not process 1, so kill(-1) would also signal processes that do not belong to the
 * program. */
void signal_all(const struct child *child, int number) {
    if (getpid() == RUNNER_PID)
        (void)kill(-1, number); /* fails if there is no other process */
    else if (child->pid > 0 && !child->ended)
        (void)kill(child->pid, number); /* the child is not reaped yet, so the ID still belongs to it */
}

void wait_for_children(struct watch *watch, struct child *child, int most_ms, bool for_memory) {
    int64_t until_ns = clock_ns() + (int64_t)most_ms * NS_PER_MS;
    struct pollfd poll_fd = {.fd = watch->signal_fd, .events = POLLIN};
    while (reap(child) && clock_ns() < until_ns && !(for_memory && !memory_is_short(&watch->memory))) {
        (void)poll(&poll_fd, 1, for_memory ? MEMORY_CHECK_MS : most_ms); /* each exit wakes it; on an error the loop checks again */
        watch_signals(watch, child);
    }
}

void kill_all_and_wait(struct watch *watch, struct child *child) {
    signal_all(child, SIGKILL);
    wait_for_children(watch, child, KILL_WAIT_MS, false);
}
