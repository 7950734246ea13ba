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
/* How long killed processes may take to go. */
enum { END_MS = 2000 };

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

void watch_signals(struct watch *watch, struct child *child) {
    struct signalfd_siginfo info[8];
    /* One read takes what is pending; while a program sends signals without end there would always be a next. */
    ssize_t size = read(watch->signal_fd, info, sizeof info);
    for (size_t i = 0; size > 0 && i < (size_t)size / sizeof info[0]; i++) {
        /* Pid 0: a sender outside our pid namespace. rt_sigqueueinfo(2) can claim it, but not SI_USER. */
        if (info[i].ssi_signo == SIGTERM && info[i].ssi_code == SI_USER && info[i].ssi_pid == 0)
            watch->terminated = true;
    }
    (void)reap(child);
}

static void close_input(struct child *child) {
    if (child->input_fd >= 0)
        close(child->input_fd);
    child->input_fd = -1;
}

/* Writes what the pipe takes now. Once all is written, or nobody reads, the program sees the end. */
static void feed(struct flow *flow) {
    while (flow->input.size > 0) {
        ssize_t written = write(flow->child->input_fd, flow->input.data, flow->input.size);
        if (written < 0 && (errno == EAGAIN || errno == EINTR))
            return;
        if (written < 0)
            break;
        flow->input.data += written;
        flow->input.size -= (size_t)written;
    }
    close_input(flow->child);
}

/* Reads once from a stream that has something. Returns false at the output limit. */
static bool drain(struct flow *flow, int stream) {
    int *fd = &flow->child->output_fds[stream];
    enum captured captured = capture_read(&flow->output[stream], *fd, flow->left_bytes);
    if (captured == CAPTURED_END) {
        close(*fd);
        *fd = -1;
    }
    return captured != CAPTURED_TOO_MUCH;
}

bool flow_drain(struct flow *flow) {
    bool all = true;
    for (int stream = 0; stream < STREAMS; stream++) {
        enum captured captured = CAPTURED;
        while (captured == CAPTURED && flow->child->output_fds[stream] >= 0 && !flow->output[stream].truncated)
            captured = capture_read(&flow->output[stream], flow->child->output_fds[stream], flow->left_bytes);
        all = all && captured != CAPTURED_TOO_MUCH;
    }
    return all;
}

/* Outside a container of its own, everything would be more than the program's: then only the child. */
static void kill_everything(const struct child *child) {
    if (getpid() == RUNNER_PID)
        (void)kill(-1, SIGKILL); /* fails when there is nobody */
    else if (child->pid > 0 && !child->ended)
        (void)kill(child->pid, SIGKILL); /* ours, and not waited for yet */
}

void end_everything(struct watch *watch, struct child *child) {
    int64_t until_ns = clock_ns() + (int64_t)END_MS * 1000000;
    struct pollfd wake = {.fd = watch->signal_fd, .events = POLLIN};
    kill_everything(child);
    while (reap(child) && clock_ns() < until_ns) {
        (void)poll(&wake, 1, END_MS); /* each death wakes; one that was missed, the next look finds */
        watch_signals(watch, child);
    }
}

enum { WAKE_SIGNAL, WAKE_TIMER, WAKE_CHILD, WAKE_CONTROL, WAKE_INPUT, WAKE_OUT, WAKE_ERR, WAKES };

static void await(const struct flow *flow, struct pollfd wakes[WAKES]) {
    const struct child *child = flow->child;
    const int fds[WAKES] = {
        [WAKE_SIGNAL] = flow->watch->signal_fd, [WAKE_TIMER] = flow->watch->timer_fd, [WAKE_CHILD] = child->pid_fd,
        [WAKE_CONTROL] = child->control_fd,     [WAKE_INPUT] = child->input_fd,       [WAKE_OUT] = child->output_fds[STREAM_OUT],
        [WAKE_ERR] = child->output_fds[STREAM_ERR],
    };
    for (int i = 0; i < WAKES; i++)
        wakes[i] = (struct pollfd){.fd = fds[i], .events = i == WAKE_INPUT ? POLLOUT : POLLIN};
    /* EINTR, or ENOMEM for a moment: then nothing is there, and the next look is right. */
    if (poll(wakes, WAKES, -1) < 0)
        for (int i = 0; i < WAKES; i++)
            wakes[i].revents = 0;
}

enum ending flow_attend(struct flow *flow, int64_t deadline_ns) {
    struct itimerspec deadline = {.it_value = {deadline_ns / NS_PER_S, deadline_ns % NS_PER_S}};
    struct pollfd wakes[WAKES];
    (void)timerfd_settime(flow->watch->timer_fd, TFD_TIMER_ABSTIME, &deadline, NULL); /* our own timer, a valid time */
    if (flow->child->input_fd >= 0)
        feed(flow);
    while (!flow->child->ended && !flow->watch->terminated) {
        await(flow, wakes);
        /* Signals are the program's to send: they must not keep anything else from being seen. */
        if (wakes[WAKE_SIGNAL].revents != 0 || wakes[WAKE_CHILD].revents != 0)
            watch_signals(flow->watch, flow->child);
        if (flow->child->ended || flow->watch->terminated)
            break;
        if (wakes[WAKE_TIMER].revents != 0)
            return ENDED_BY_TIME;
        if (wakes[WAKE_CONTROL].revents != 0)
            return NOT_ENDED;
        if (wakes[WAKE_INPUT].revents != 0)
            feed(flow);
        if ((wakes[WAKE_OUT].revents != 0 && !drain(flow, STREAM_OUT)) ||
            (wakes[WAKE_ERR].revents != 0 && !drain(flow, STREAM_ERR)))
            return ENDED_BY_OUTPUT;
    }
    return flow->child->ended ? ENDED_ITSELF : ENDED_BY_SIGTERM;
}

enum ending flow_finish(struct flow *flow, enum ending ending, bool goes_on) {
    close_input(flow->child);
    if (goes_on)
        end_everything(flow->watch, flow->child);
    else
        kill_everything(flow->child);
    if (!flow_drain(flow) && ending == ENDED_ITSELF)
        ending = ENDED_BY_OUTPUT;
    child_close(flow->child);
    return ending;
}
