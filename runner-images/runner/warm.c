/* The warm interpreter: started by the language's `warm` command before a payload is there, it becomes the program
 * when a plain one comes. Descriptor 3 is its control socket:
 *
 *   it sends `R` when it is ready, and reads;
 *   the runner sends 4 bytes, a big-endian number, and as many bytes: NUL-terminated strings, the main file's name
 *     and the program's arguments;
 *   it closes the socket and is the program; or, where it has a build step inside, it builds and then
 *     sends `F` and one byte, the exit code, and exits with it; or
 *     sends `B` (what it wrote is flushed), waits for `G`, closes the socket and is the program.
 *
 * Anything else it sends makes the runner kill it and run the plain commands. The program never holds the socket. */
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "runner.h"

/* What an empty socket takes at once, unix(7): more goes plainly. */
enum { MOST_FRAME_BYTES = 65536 };

void warm_start(struct warm *warm, char *const argv[], char *const envp[]) {
    warm->state = child_start(&warm->child, argv, envp, NULL) == 0 ? WARM_STARTING : WARM_NONE;
}

enum warm_word warm_hear(struct child *child, int *exit_code) {
    unsigned char code;
    char word;
    ssize_t size = read(child->control_fd, &word, 1);
    if (size < 0 && (errno == EAGAIN || errno == EINTR))
        return WARM_SAYS_NOTHING;
    if (size <= 0)
        return WARM_LEFT;
    switch (word) {
    case 'R':
        return WARM_IS_READY;
    case 'B':
        return WARM_HAS_BUILT;
    case 'F':
        /* One message of two bytes; without the second it is a failure all the same. */
        *exit_code = read(child->control_fd, &code, 1) == 1 ? code : 1;
        return WARM_CANT_BUILD;
    default:
        return WARM_REFUSES;
    }
}

void warm_end(struct warm *warm, struct watch *watch) {
    if (warm->state == WARM_NONE)
        return;
    end_everything(watch, &warm->child);
    child_close(&warm->child);
    warm->state = WARM_NONE;
}

/* Returns whether it stays. */
static bool look(struct warm *warm, struct watch *watch) {
    int exit_code;
    watch_signals(watch, &warm->child);
    if (warm->child.ended)
        return false;
    switch (warm->state == WARM_STARTING ? warm_hear(&warm->child, &exit_code) : WARM_SAYS_NOTHING) {
    case WARM_SAYS_NOTHING:
        return true;
    case WARM_IS_READY:
        warm->state = WARM_READY;
        return true;
    default:
        return false;
    }
}

void warm_settle(struct warm *warm, struct watch *watch, int64_t until_ns) {
    while (warm->state != WARM_NONE) {
        if (!look(warm, watch)) {
            warm_end(warm, watch);
            return;
        }
        int64_t left_ns = until_ns - clock_ns();
        if (warm->state == WARM_READY || left_ns <= 0)
            return;
        struct pollfd wakes[] = {{.fd = warm->child.control_fd, .events = POLLIN}, {.fd = watch->signal_fd, .events = POLLIN}};
        (void)poll(wakes, 2, (int)(left_ns / 1000000) + 1); /* EINTR: the next look is right */
    }
}

static size_t frame_size(const struct payload *payload) {
    size_t index, count, size = strlen(payload->files[0].name) + 1;
    yyjson_val *argument;
    yyjson_arr_foreach(payload->args, index, count, argument)
        size += yyjson_get_len(argument) + 1;
    return size;
}

bool warm_takes(const struct payload *payload) {
    if (payload->file_count == 0 || payload->command != NULL || payload->run_command != NULL || payload->env != NULL)
        return false;
    const char *name = payload->files[0].name;
    /* A folder or an option's look changes what the interpreter makes of a name; leave that to its own command line. */
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

int warm_release(struct child *child) {
    return send(child->control_fd, "G", 1, MSG_NOSIGNAL) == 1 ? 0 : -1;
}
