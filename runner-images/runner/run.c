/* One step: feeds and drains a child, all at the same time, until it ends or has to be ended.
 * The program can send any signal that the runner takes, so signals only wake it: that a child ended is
 * what waitpid(2) says, that time is over is what the timer says. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "runner.h"

enum { NS_PER_S = 1000000000 };
/* How long killed processes may take to go, and the pause between looks. */
enum { END_MS = 2000, LOOK_MS = 5 };

int64_t clock_ns(void) {
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now); /* can't fail for this clock */
    return (int64_t)now.tv_sec * NS_PER_S + now.tv_nsec;
}

int watch_open(struct watch *watch) {
    sigset_t taken;
    sigemptyset(&taken);
    sigaddset(&taken, SIGTERM);
    sigaddset(&taken, SIGCHLD);
    if (sigprocmask(SIG_BLOCK, &taken, NULL) < 0 || signal(SIGPIPE, SIG_IGN) == SIG_ERR)
        return -1;
    watch->signal_fd = signalfd(-1, &taken, SFD_CLOEXEC | SFD_NONBLOCK);
    watch->timer_fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
    return watch->signal_fd < 0 || watch->timer_fd < 0 ? -1 : 0;
}

/* A dead orphan counts against the pids limit until it is waited for. Returns whether children are left. */
static bool reap(struct child *child) {
    int status;
    pid_t pid;
    while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
        if (pid != child->pid)
            continue;
        child->ended = true;
        child->status = status;
    }
    return pid == 0;
}

bool watch_signals(const struct watch *watch, struct child *child) {
    struct signalfd_siginfo info[8];
    bool terminated = false;
    ssize_t size;
    while ((size = read(watch->signal_fd, info, sizeof info)) > 0) {
        for (size_t i = 0; i < (size_t)size / sizeof info[0]; i++) {
            /* Pid 0: a sender outside our pid namespace. rt_sigqueueinfo(2) can claim it, but not SI_USER. */
            if (info[i].ssi_signo == SIGTERM && info[i].ssi_code == SI_USER && info[i].ssi_pid == 0)
                terminated = true;
        }
    }
    (void)reap(child);
    return terminated;
}

static void close_input(struct child *child) {
    if (child->input_fd >= 0)
        close(child->input_fd);
    child->input_fd = -1;
}

/* Writes what the pipe takes now. Once all is written, or nobody reads, the program sees the end. */
static void feed(struct child *child, struct span *input) {
    while (input->size > 0) {
        ssize_t written = write(child->input_fd, input->data, input->size);
        if (written < 0 && (errno == EAGAIN || errno == EINTR))
            return;
        if (written < 0)
            break;
        input->data += written;
        input->size -= (size_t)written;
    }
    close_input(child);
}

/* Reads once from a stream that has something. Returns false at the output limit. */
static bool drain(struct child *child, int stream, struct capture output[STREAMS], uint64_t *left_bytes) {
    int *fd = &child->output_fds[stream];
    switch (capture_read(&output[stream], *fd, left_bytes)) {
    case CAPTURED_TOO_MUCH:
        return false;
    case CAPTURED_END:
        close(*fd);
        *fd = -1;
        return true;
    case CAPTURED:
    case CAPTURED_NOTHING:
        break;
    }
    return true;
}

/* Takes what both pipes still hold, now that nobody writes. Returns false if it is more than the limit. */
static bool drain_rest(struct child *child, struct capture output[STREAMS], uint64_t *left_bytes) {
    bool all = true;
    for (int stream = 0; stream < STREAMS; stream++) {
        enum captured captured = CAPTURED;
        while (captured == CAPTURED && child->output_fds[stream] >= 0 && !output[stream].truncated)
            captured = capture_read(&output[stream], child->output_fds[stream], left_bytes);
        all = all && captured != CAPTURED_TOO_MUCH;
    }
    return all;
}

/* Kills every process but ours and waits until none is left, so that nothing can write, or count, any more. */
static void end_everything(const struct watch *watch, struct child *child) {
    int64_t until_ns = clock_ns() + (int64_t)END_MS * 1000000;
    struct pollfd wake = {.fd = watch->signal_fd, .events = POLLIN};
    for (;;) {
        (void)kill(-1, SIGKILL); /* fails when there is nobody */
        (void)watch_signals(watch, child);
        if (!reap(child) || clock_ns() >= until_ns)
            return;
        (void)poll(&wake, 1, LOOK_MS);
    }
}

enum { WAKE_SIGNAL, WAKE_TIMER, WAKE_CHILD, WAKE_INPUT, WAKE_OUT, WAKE_ERR, WAKES };

/* Looks after the child until there is a reason to stop. */
static enum ending attend(const struct watch *watch, struct child *child, struct span *input,
                          struct capture output[STREAMS], uint64_t *left_bytes) {
    for (;;) {
        struct pollfd wakes[WAKES] = {
            [WAKE_SIGNAL] = {.fd = watch->signal_fd, .events = POLLIN},
            [WAKE_TIMER] = {.fd = watch->timer_fd, .events = POLLIN},
            [WAKE_CHILD] = {.fd = child->pid_fd, .events = POLLIN},
            [WAKE_INPUT] = {.fd = child->input_fd, .events = POLLOUT},
            [WAKE_OUT] = {.fd = child->output_fds[STREAM_OUT], .events = POLLIN},
            [WAKE_ERR] = {.fd = child->output_fds[STREAM_ERR], .events = POLLIN},
        };
        if (poll(wakes, WAKES, -1) < 0)
            continue; /* EINTR, or ENOMEM for a moment */
        bool terminated = (wakes[WAKE_SIGNAL].revents != 0 || wakes[WAKE_CHILD].revents != 0) && watch_signals(watch, child);
        if (child->ended)
            return ENDED_ITSELF;
        if (terminated)
            return ENDED_BY_SIGTERM;
        if (wakes[WAKE_TIMER].revents != 0)
            return ENDED_BY_TIME;
        if (wakes[WAKE_INPUT].revents != 0)
            feed(child, input);
        if ((wakes[WAKE_OUT].revents != 0 && !drain(child, STREAM_OUT, output, left_bytes)) ||
            (wakes[WAKE_ERR].revents != 0 && !drain(child, STREAM_ERR, output, left_bytes)))
            return ENDED_BY_OUTPUT;
    }
}

enum ending run_step(const struct watch *watch, struct child *child, struct span input, int64_t deadline_ns,
                     struct capture output[STREAMS], uint64_t *left_bytes) {
    struct itimerspec deadline = {.it_value = {deadline_ns / NS_PER_S, deadline_ns % NS_PER_S}};
    (void)timerfd_settime(watch->timer_fd, TFD_TIMER_ABSTIME, &deadline, NULL); /* our own timer and a valid time */
    feed(child, &input);
    enum ending ending = attend(watch, child, &input, output, left_bytes);
    close_input(child);
    end_everything(watch, child);
    if (!drain_rest(child, output, left_bytes) && ending == ENDED_ITSELF)
        ending = ENDED_BY_OUTPUT;
    child_close(child);
    return ending;
}
