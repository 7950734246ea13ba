/* Waits for the payload. A waiting container sleeps here: nothing wakes it but its client or its end. */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

#include "runner.h"

/* Far above what a service lets in, and far below what a container's memory holds. */
enum { CHUNK_BYTES = 65536, MOST_BYTES = 64 * 1024 * 1024 };

static int reserve(struct message *message) {
    if (message->capacity - message->size >= CHUNK_BYTES + PAYLOAD_PADDING)
        return 0;
    size_t capacity = message->capacity == 0 ? (size_t)2 * CHUNK_BYTES : 2 * message->capacity;
    char *bytes = realloc(message->bytes, capacity);
    if (bytes == NULL)
        return -1;
    message->bytes = bytes;
    message->capacity = capacity;
    return 0;
}

bool message_read(struct message *message, struct scan *scan, int fd, enum received *received) {
    *received = RECEIVED_TOO_MUCH;
    if (message->size > MOST_BYTES || reserve(message) < 0)
        return true;
    ssize_t size = read(fd, message->bytes + message->size, CHUNK_BYTES);
    if (size < 0 && (errno == EINTR || errno == EAGAIN))
        return false;
    if (size <= 0) {
        *received = scan->started ? RECEIVED : RECEIVED_NOTHING;
        return true;
    }
    message->size += scan_bytes(scan, message->bytes + message->size, (size_t)size);
    *received = RECEIVED;
    return scan->ended;
}

/* The client's sign that a payload will now be taken as fast as it ever will. */
static void announce(struct job *job) {
    if (!job->announces || job->warm.state == WARM_STARTING)
        return;
    job->announces = false;
    (void)!write(STDOUT_FILENO, "\n", 1); /* a client that is gone closes stdin as well */
}

enum received message_receive(struct message *message, struct job *job) {
    struct scan scan = {0};
    enum received received;
    for (;;) {
        announce(job);
        struct pollfd wakes[] = {
            {.fd = STDIN_FILENO, .events = POLLIN},
            {.fd = job->watch.signal_fd, .events = POLLIN},
            {.fd = job->warm.state == WARM_STARTING ? job->warm.child.control_fd : -1, .events = POLLIN},
        };
        if (poll(wakes, 3, -1) < 0)
            continue; /* EINTR, or ENOMEM for a moment */
        if (wakes[1].revents != 0)
            watch_signals(&job->watch, &job->warm.child);
        if (wakes[1].revents != 0 || wakes[2].revents != 0)
            warm_settle(&job->warm, &job->watch, 0);
        if (job->watch.terminated)
            return RECEIVED_END;
        if (wakes[0].revents != 0 && message_read(message, &scan, STDIN_FILENO, &received))
            return received;
    }
}
