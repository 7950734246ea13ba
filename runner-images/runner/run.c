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

enum { NS_PER_S = 1000000000, NS_PER_MS = 1000000 };
/* How long killed processes may take to go; and while memory is short: how long in all, and between two looks. */
enum { END_MS = 2000, SHORT_MS = 500, LOOK_MS = 10 };

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

/* Waits until no other process is left, or, where that is all that is asked for, until there is memory. */
static void bury(struct watch *watch, struct child *child, int most_ms, bool for_memory) {
    int64_t until_ns = clock_ns() + (int64_t)most_ms * NS_PER_MS;
    struct pollfd wake = {.fd = watch->signal_fd, .events = POLLIN};
    while (reap(child) && clock_ns() < until_ns && !(for_memory && !memory_is_short(&watch->memory))) {
        (void)poll(&wake, 1, for_memory ? LOOK_MS : most_ms); /* each death wakes; one that was missed, the next look finds */
        watch_signals(watch, child);
    }
}

void end_everything(struct watch *watch, struct child *child) {
    kill_everything(child);
    bury(watch, child, END_MS, false);
}

enum { WAKE_SIGNAL, WAKE_TIMER, WAKE_CHILD, WAKE_CONTROL, WAKE_INPUT, WAKE_OUT, WAKE_ERR, WAKES };

/* Sleeps until something is there, most_ms at most (-1: for ever). without_output: nothing is read meanwhile. */
static void await(const struct flow *flow, struct pollfd wakes[WAKES], int most_ms, bool without_output) {
    const struct child *child = flow->child;
    const int fds[WAKES] = {
        [WAKE_SIGNAL] = flow->watch->signal_fd, [WAKE_TIMER] = flow->watch->timer_fd, [WAKE_CHILD] = child->pid_fd,
        [WAKE_CONTROL] = child->control_fd,     [WAKE_INPUT] = child->input_fd,       [WAKE_OUT] = child->output_fds[STREAM_OUT],
        [WAKE_ERR] = child->output_fds[STREAM_ERR],
    };
    for (int i = 0; i < WAKES; i++)
        wakes[i] = (struct pollfd){
            .fd = without_output && (i == WAKE_OUT || i == WAKE_ERR) ? -1 : fds[i],
            .events = i == WAKE_INPUT ? POLLOUT : POLLIN,
        };
    /* EINTR, or ENOMEM for a moment: then nothing is there, and the next look is right. */
    if (poll(wakes, WAKES, most_ms) < 0)
        for (int i = 0; i < WAKES; i++)
            wakes[i].revents = 0;
}

/* After a kill for want of memory, those that die still hold it, and whoever asks for more is killed next: then the
 * program's output can wait a little, for its end or for room. looks: how often that was so. */
static bool must_wait(const struct flow *flow, int *looks) {
    return *looks < SHORT_MS / LOOK_MS && memory_is_short(&flow->watch->memory) && memory_ran_out(&flow->watch->memory) && ++*looks > 0;
}

enum ending flow_attend(struct flow *flow, int64_t deadline_ns) {
    struct itimerspec deadline = {.it_value = {deadline_ns / NS_PER_S, deadline_ns % NS_PER_S}};
    struct pollfd wakes[WAKES];
    int looks = 0;
    (void)timerfd_settime(flow->watch->timer_fd, TFD_TIMER_ABSTIME, &deadline, NULL); /* our own timer, a valid time */
    memory_lay_by(&flow->watch->memory);
    while (!flow->child->ended && !flow->watch->terminated) {
        bool waits = must_wait(flow, &looks);
        await(flow, wakes, waits ? LOOK_MS : -1, waits);
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
            child_feed(flow->child, &flow->input);
        if ((wakes[WAKE_OUT].revents != 0 && !drain(flow, STREAM_OUT)) ||
            (wakes[WAKE_ERR].revents != 0 && !drain(flow, STREAM_ERR)))
            return ENDED_BY_OUTPUT;
    }
    return flow->child->ended ? ENDED_ITSELF : ENDED_BY_SIGTERM;
}

enum ending flow_finish(struct flow *flow, enum ending ending, bool goes_on) {
    struct memory *memory = &flow->watch->memory;
    child_close_input(flow->child);
    if (goes_on)
        end_everything(flow->watch, flow->child);
    else
        kill_everything(flow->child);
    if (memory_is_short(memory)) {
        bury(flow->watch, flow->child, SHORT_MS, true);
        memory_give_back(memory);
    }
    if (!flow_drain(flow) && ending == ENDED_ITSELF)
        ending = ENDED_BY_OUTPUT;
    child_close(flow->child);
    return ending;
}
