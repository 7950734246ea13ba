/* The input and output of one step: writes and reads concurrently until the child ends or must be stopped. The program can send
 * signals to the runner in spite of the guard (F_SETOWN, fcntl(2)), so a signal only wakes the runner. waitpid(2) reports
 * whether the child has ended, and the timer reports whether the time limit is reached. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "runner.h"

/* The maximum total wait while memory is short. */
enum { MEMORY_WAIT_MS = 500 };
/* Maximum time for programs to write their buffers after the time limit. On an idle machine, 5 ms are sufficient. Ruby, which
 * wakes two threads for this, took up to 91 ms while 19 processes waited for 2 CPUs. */
enum { FLUSH_WAIT_MS = 200 };
/* Twice the number of reads of 8 KiB that empty the largest pipe. */
enum { MOST_DROPS = 64 };

/* Reads once from a stream. */
static enum captured capture_stream(struct io *io, int stream) {
    struct capture *capture = &io->output[stream];
    int fd = io->child->output_fds[stream];
    size_t size_before = capture->size;
    if (io->drops_excess && capture->truncated)
        return capture_drop(capture, fd);
    enum captured captured = capture_read(capture, fd, io->left_bytes);
    events_add(io->events, stream, capture->size - size_before);
    if (io->interaction != NULL && capture->size > size_before)
        io->interaction->active_ns = clock_ns();
    return captured == CAPTURED_TOO_MUCH && io->drops_excess ? CAPTURED : captured;
}

/* Reads once from a stream that is readable. Returns false if the output limit is exceeded. */
static bool read_stream(struct io *io, int stream) {
    enum captured captured = capture_stream(io, stream);
    if (captured == CAPTURED_END)
        close_fd(&io->child->output_fds[stream]);
    return captured != CAPTURED_TOO_MUCH;
}

/* Whether to continue to drain a stream. Draining ends when the stream is truncated. After a build, the content of a full pipe is
 * dropped as well, so that the program that follows in the same process starts with an empty pipe. */
static bool drains(const struct io *io, int stream, int *drops) {
    if (io->child->output_fds[stream] < 0)
        return false;
    return !io->output[stream].truncated || (io->drops_excess && (*drops)++ < MOST_DROPS);
}

bool io_drain(struct io *io) {
    bool within_limit = true;
    for (int stream = 0; stream < STREAMS; stream++) {
        enum captured captured = CAPTURED;
        int drops = 0;
        while (captured == CAPTURED && drains(io, stream, &drops))
            captured = capture_stream(io, stream);
        within_limit = within_limit && captured != CAPTURED_TOO_MUCH;
    }
    return within_limit;
}

enum { ON_SIGNAL, ON_TIMER, ON_CHILD, ON_CONTROL, ON_INPUT, ON_STDOUT, ON_STDERR, ON_EVENTS, ON_LINES, EVENTS };

/* Waits for an event, at most most_ms (-1: forever). without_output: ignores the output streams. */
static void wait_for_event(const struct io *io, struct pollfd events[EVENTS], int most_ms, bool without_output) {
    const struct child *child = io->child;
    const int fds[EVENTS] = {
        [ON_SIGNAL] = io->watch->signal_fd,
        [ON_TIMER] = io->watch->timer_fd,
        [ON_CHILD] = child->pid_fd,
        [ON_CONTROL] = child->control_fd,
        /* Without pending input, the descriptor is not polled. The runner then detects later that the program has
         * closed its input. */
        [ON_INPUT] = child->holds_input && io->input.size == 0 ? -1 : child->input_fd,
        [ON_STDOUT] = without_output ? -1 : child->output_fds[STREAM_OUT],
        [ON_STDERR] = without_output ? -1 : child->output_fds[STREAM_ERR],
        [ON_EVENTS] = !without_output && io->events != NULL && io->events->blocked ? io->events->fd : -1,
        [ON_LINES] = !without_output && interaction_reads(io) ? io->interaction->fd : -1,
    };
    for (int i = 0; i < EVENTS; i++)
        events[i] = (struct pollfd){.fd = fds[i], .events = i == ON_INPUT || i == ON_EVENTS ? POLLOUT : POLLIN};
    /* EINTR, or a temporary ENOMEM: there is no event, and the caller waits again. */
    if (poll(events, EVENTS, most_ms) < 0)
        for (int i = 0; i < EVENTS; i++)
            events[i].revents = 0;
}

/* After an OOM kill, the dying processes still hold the memory, and the kernel kills the next process that requests more.
 * Therefore, the output is not read until the processes have exited or memory is free. checks counts these waits. */
static bool must_wait_for_memory(const struct io *io, int *checks) {
    const struct memory *memory = &io->watch->memory;
    if (*checks >= MEMORY_WAIT_MS / MEMORY_CHECK_MS || !memory_is_short(memory) || !memory_ran_out(memory))
        return false;
    (*checks)++;
    return true;
}

/* Returns false if the output limit is exceeded. */
static bool transfer(struct io *io, const struct pollfd events[EVENTS]) {
    if (events[ON_INPUT].revents != 0)
        child_feed(io->child, &io->input);
    if (events[ON_LINES].revents != 0)
        interaction_read(io);
    bool within_limit = (events[ON_STDOUT].revents == 0 || read_stream(io, STREAM_OUT)) &&
                        (events[ON_STDERR].revents == 0 || read_stream(io, STREAM_ERR));
    if (events[ON_EVENTS].revents != 0)
        io->events->blocked = false;
    events_write(io->events);
    return within_limit;
}

/* The time at which an interactive run reaches its idle limit. */
static int64_t idle_end_ns(const struct io *io) {
    return io->interaction == NULL ? INT64_MAX : io->interaction->active_ns + io->interaction->idle_ns;
}

static void set_timer(const struct io *io, int64_t deadline_ns) {
    int64_t at_ns = idle_end_ns(io) < deadline_ns ? idle_end_ns(io) : deadline_ns;
    struct itimerspec timer = {.it_value = {at_ns / NS_PER_S, at_ns % NS_PER_S}};
    (void)timerfd_settime(io->watch->timer_fd, TFD_TIMER_ABSTIME, &timer, NULL); /* cannot fail: our timer, a valid time */
}

/* Returns why the timer ended the step. NOT_ENDED: there was input or output after the timer was set. */
static enum ending on_timer(const struct io *io, int64_t deadline_ns) {
    int64_t now_ns = clock_ns();
    if (io->interaction == NULL || now_ns >= deadline_ns)
        return ENDED_BY_TIME;
    if (now_ns >= idle_end_ns(io))
        return ENDED_BY_IDLE;
    set_timer(io, deadline_ns);
    return NOT_ENDED;
}

enum ending io_pump(struct io *io, int64_t deadline_ns) {
    struct pollfd events[EVENTS];
    int checks = 0;
    if (io->interaction != NULL)
        io->interaction->active_ns = clock_ns();
    set_timer(io, deadline_ns);
    memory_reserve(&io->watch->memory);
    while (!io->child->ended && !io->watch->terminated) {
        bool waits = must_wait_for_memory(io, &checks);
        wait_for_event(io, events, waits ? MEMORY_CHECK_MS : -1, waits);
        /* The program can send endless signals, so the other events are handled in the same iteration. */
        if (events[ON_SIGNAL].revents != 0 || events[ON_CHILD].revents != 0)
            watch_signals(io->watch, io->child);
        if (io->child->ended || io->watch->terminated)
            break;
        enum ending ending = events[ON_TIMER].revents != 0 ? on_timer(io, deadline_ns) : NOT_ENDED;
        if (ending != NOT_ENDED)
            return ending;
        if (events[ON_CONTROL].revents != 0)
            return NOT_ENDED;
        if (!transfer(io, events))
            return ENDED_BY_OUTPUT;
    }
    return io->child->ended ? ENDED_ITSELF : ENDED_BY_SIGTERM;
}

/* Lets programs write their buffers. Programs with a handler for the signal flush and exit (shared/stdio-flush); the signal
 * terminates most others immediately. Returns when no process is left, at the latest after FLUSH_WAIT_MS. */
static void let_flush(struct io *io) {
    struct itimerspec deadline = {.it_value = {.tv_nsec = FLUSH_WAIT_MS * NS_PER_MS}};
    struct pollfd events[EVENTS] = {0};
    (void)timerfd_settime(io->watch->timer_fd, 0, &deadline, NULL); /* cannot fail: our timer, a valid time */
    close_fd(&io->child->control_fd);
    signal_all(io->child, SIGRTMAX);
    while (reap(io->child)) {
        if (io->child->ended)
            close_fd(&io->child->pid_fd);
        wait_for_event(io, events, -1, false);
        if (events[ON_TIMER].revents != 0 || !transfer(io, events))
            return;
        if (events[ON_SIGNAL].revents != 0)
            watch_signals(io->watch, io->child);
    }
}

enum ending io_finish(struct io *io, enum ending ending, bool step_follows) {
    struct memory *memory = &io->watch->memory;
    close_fd(&io->child->input_fd);
    if ((ending == ENDED_BY_TIME || ending == ENDED_BY_IDLE) && !memory_is_short(memory))
        let_flush(io);
    if (step_follows)
        kill_all_and_wait(io->watch, io->child);
    else
        signal_all(io->child, SIGKILL);
    if (memory_is_short(memory)) {
        wait_for_children(io->watch, io->child, MEMORY_WAIT_MS, true);
        memory_release(memory);
    }
    if (!io_drain(io) && ending == ENDED_ITSELF)
        ending = ENDED_BY_OUTPUT;
    child_close(io->child);
    return ending;
}
