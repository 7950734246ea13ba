/* The warm interpreter. The language's `warm` command starts it before the payload arrives. When a plain payload arrives, the
 * interpreter becomes the program. Its descriptor 3 is the control socket, with this protocol:
 *
 *   The interpreter sends `R` when it is ready, and then reads.
 *   The runner sends a length (4 bytes, big-endian) and that many bytes: the main file's name and the program's arguments, each
 *     terminated by NUL.
 *   The interpreter closes the socket and becomes the program. If it has a build step, it does one of these after the build:
 *     it sends `F` and one byte, the exit code, and exits with this code; or
 *     it flushes its output, sends `B`, waits for `G`, closes the socket and becomes the program.
 *
 * If it sends anything else, the runner kills it and runs the plain commands. The program never has the socket. */
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "runner.h"

/* Number of bytes that an empty socket accepts at once, unix(7). Payloads with longer names and arguments run with the
 * plain commands. */
enum { MOST_FRAME_BYTES = 65536 };

void warm_start(struct warm *warm, char *const argv[], char *const envp[]) {
    warm->state = child_start(&warm->child, argv, envp, NULL) == 0 ? WARM_STARTING : WARM_NONE;
}

enum warm_message warm_read_message(struct child *child, int *exit_code) {
    unsigned char code;
    char type;
    ssize_t size = read(child->control_fd, &type, 1);
    if (size < 0 && (errno == EAGAIN || errno == EINTR))
        return MESSAGE_NONE;
    if (size <= 0)
        return MESSAGE_CLOSED;
    switch (type) {
    case 'R':
        return MESSAGE_READY;
    case 'B':
        return MESSAGE_BUILT;
    case 'F':
        /* Both bytes are sent at once. If the second byte is missing, the build has failed too. */
        *exit_code = read(child->control_fd, &code, 1) == 1 ? code : 1;
        return MESSAGE_BUILD_FAILED;
    default:
        return MESSAGE_UNKNOWN;
    }
}

void warm_stop(struct warm *warm, struct watch *watch) {
    if (warm->state == WARM_NONE)
        return;
    kill_all_and_wait(watch, &warm->child);
    child_close(&warm->child);
    warm->state = WARM_NONE;
}

/* Reads new messages. Returns whether the interpreter is usable. */
static bool update_state(struct warm *warm, struct watch *watch) {
    int exit_code;
    watch_signals(watch, &warm->child);
    if (warm->child.ended)
        return false;
    switch (warm->state == WARM_STARTING ? warm_read_message(&warm->child, &exit_code) : MESSAGE_NONE) {
    case MESSAGE_NONE:
        return true;
    case MESSAGE_READY:
        warm->state = WARM_READY;
        return true;
    default:
        return false;
    }
}

void warm_wait(struct warm *warm, struct watch *watch, int64_t until_ns) {
    while (warm->state != WARM_NONE) {
        if (!update_state(warm, watch)) {
            warm_stop(warm, watch);
            return;
        }
        int64_t left_ns = until_ns - clock_ns();
        if (warm->state == WARM_READY || left_ns <= 0 || watch->terminated)
            return;
        struct pollfd events[] = {{.fd = warm->child.control_fd, .events = POLLIN}, {.fd = watch->signal_fd, .events = POLLIN}};
        (void)poll(events, 2, (int)(left_ns / NS_PER_MS) + 1); /* on EINTR the loop checks again */
    }
}

static size_t frame_size(const struct payload *payload) {
    size_t index, count, size = strlen(payload->files[0].name) + 1;
    yyjson_val *argument;
    yyjson_arr_foreach(payload->args, index, count, argument)
        size += yyjson_get_len(argument) + 1;
    return size;
}

bool warm_can_run(const struct payload *payload) {
    if (payload->file_count == 0 || payload->command != NULL || payload->run_command != NULL || payload->env != NULL ||
        payload->terminal.columns > 0)
        return false;
    const char *name = payload->files[0].name;
    /* The interpreter's command line handles names with a folder and names that begin with - in a special way. */
    return strchr(name, '/') == NULL && name[0] != '-' && frame_size(payload) <= MOST_FRAME_BYTES;
}

int warm_send(struct child *child, const struct payload *payload) {
    char frame[sizeof(uint32_t) + MOST_FRAME_BYTES];
    uint32_t length = htonl((uint32_t)frame_size(payload));
    size_t index, count;
    yyjson_val *argument;
    char *end = mempcpy(frame, &length, sizeof length);
    end = mempcpy(end, payload->files[0].name, strlen(payload->files[0].name) + 1);
    yyjson_arr_foreach(payload->args, index, count, argument)
        end = mempcpy(end, yyjson_get_str(argument), yyjson_get_len(argument) + 1);
    size_t size = (size_t)(end - frame);
    return send(child->control_fd, frame, size, MSG_NOSIGNAL) == (ssize_t)size ? 0 : -1;
}

int warm_continue(struct child *child) {
    return send(child->control_fd, "G", 1, MSG_NOSIGNAL) == 1 ? 0 : -1;
}
