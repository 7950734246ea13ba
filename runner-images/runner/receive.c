/* Waits for the payload. A waiting runner sleeps: only the client, the warm interpreter or a signal wakes it. */
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "runner.h"

/* The maximum is much larger than the payloads that the service accepts, and much smaller than the memory of a
 * container. */
enum { CHUNK_BYTES = 65536, MOST_BYTES = 64 * 1024 * 1024 };

bool message_read(struct message *message, struct scan *scan, int fd, enum received *received) {
    *received = RECEIVED_TOO_MUCH;
    if (message->size > MOST_BYTES || buffer_reserve(&message->bytes, &message->capacity,
                                                     message->size + CHUNK_BYTES + PAYLOAD_PADDING, 2 * CHUNK_BYTES) < 0)
        return true;
    ssize_t size = read(fd, message->bytes + message->size, CHUNK_BYTES);
    if (size < 0 && (errno == EINTR || errno == EAGAIN))
        return false;
    if (size <= 0) {
        *received = scan->started ? RECEIVED : RECEIVED_NOTHING;
        return true;
    }
    size_t taken = scan_bytes(scan, message->bytes + message->size, (size_t)size);
    message->size += taken;
    /* The parser needs the bytes in between. */
    message->rest_size = (size_t)size - taken;
    memmove(message->bytes + message->size + PAYLOAD_PADDING, message->bytes + message->size, message->rest_size);
    *received = RECEIVED;
    return scan->ended;
}

/* Reports to the client that a payload can now run immediately. */
static void announce(struct runner *runner) {
    if (!runner->announces || runner->warm.state == WARM_STARTING)
        return;
    runner->announces = false;
    (void)!write(STDOUT_FILENO, "\n", 1); /* if the client disconnected, stdin ends as well */
}

enum received message_receive(struct message *message, struct runner *runner) {
    enum { ON_STDIN, ON_SIGNAL, ON_CONTROL, EVENTS };
    struct scan scan = {0};
    enum received received;
    for (;;) {
        announce(runner);
        struct pollfd events[EVENTS] = {
            [ON_STDIN] = {.fd = STDIN_FILENO, .events = POLLIN},
            [ON_SIGNAL] = {.fd = runner->watch.signal_fd, .events = POLLIN},
            [ON_CONTROL] = {.fd = runner->warm.state == WARM_STARTING ? runner->warm.child.control_fd : -1, .events = POLLIN},
        };
        if (poll(events, EVENTS, -1) < 0)
            continue; /* EINTR, or a temporary ENOMEM */
        if (events[ON_SIGNAL].revents != 0)
            watch_signals(&runner->watch, &runner->warm.child);
        if (events[ON_SIGNAL].revents != 0 || events[ON_CONTROL].revents != 0)
            warm_wait(&runner->warm, &runner->watch, 0);
        if (runner->watch.terminated)
            return RECEIVED_SIGTERM;
        if (events[ON_STDIN].revents != 0 && message_read(message, &scan, STDIN_FILENO, &received))
            return received;
    }
}
