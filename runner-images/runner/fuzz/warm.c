/* The protocol of the warm interpreter. The frame for a payload contains exactly its names, and all bytes that an
 * interpreter sends are read as one of the messages.
 *
 * The input is a payload, a NUL, and the bytes that the interpreter sends. */
#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "runner.h"

enum { RUNNER, STARTER };
enum { MOST_FRAME_BYTES = 65536 + sizeof(uint32_t) };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds) {
    if (!holds)
        abort();
}

static const char *require_string(const char *at, const char *end, const char *text) {
    size_t size = strlen(text) + 1;
    require((size_t)(end - at) >= size && memcmp(at, text, size) == 0);
    return at + size;
}

static void send_frame(struct child *child, int starter_fd, const struct payload *payload) {
    static char frame[MOST_FRAME_BYTES + 1];
    uint32_t length;
    size_t index, count;
    yyjson_val *argument;
    require(warm_send(child, payload) == 0);
    ssize_t size = recv(starter_fd, frame, sizeof frame, 0);
    require(size >= (ssize_t)sizeof length);
    memcpy(&length, frame, sizeof length);
    require(ntohl(length) + sizeof length == (size_t)size);
    const char *end = frame + size;
    const char *at = require_string(frame + sizeof length, end, payload->files[0].name);
    yyjson_arr_foreach(payload->args, index, count, argument)
        at = require_string(at, end, yyjson_get_str(argument));
    require(at == end);
}

/* Returns the expected message for the next bytes, according to the protocol in warm.c. */
static enum warm_message expected(const uint8_t *bytes, size_t size, size_t *message_size, int *exit_code) {
    static const enum warm_message MESSAGES[UINT8_MAX + 1] = {['R'] = MESSAGE_READY, ['B'] = MESSAGE_BUILT, ['F'] = MESSAGE_BUILD_FAILED};
    *message_size = size > 0;
    if (size == 0)
        return MESSAGE_CLOSED;
    if (MESSAGES[bytes[0]] == MESSAGE_BUILD_FAILED) {
        *exit_code = size > 1 ? bytes[1] : 1;
        *message_size = size > 1 ? 2 : 1;
    }
    return MESSAGES[bytes[0]] == MESSAGE_NONE ? MESSAGE_UNKNOWN : MESSAGES[bytes[0]];
}

static void read_messages(struct child *child, int starter_fd, const uint8_t *bytes, size_t size) {
    enum warm_message message;
    int exit_code = -1;
    require(warm_read_message(child, &exit_code) == MESSAGE_NONE);
    require(send(starter_fd, bytes, size, 0) == (ssize_t)size && shutdown(starter_fd, SHUT_WR) == 0);
    do {
        size_t message_size;
        int wanted_code = exit_code;
        enum warm_message wanted = expected(bytes, size, &message_size, &wanted_code);
        message = warm_read_message(child, &exit_code);
        require(message == wanted && exit_code == wanted_code);
        bytes += message_size;
        size -= message_size;
    } while (message != MESSAGE_CLOSED);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    int pair[2];
    struct payload payload;
    char error[64];
    const uint8_t *nul = size == 0 ? NULL : memchr(data, '\0', size);
    size_t json_size = nul == NULL ? size : (size_t)(nul - data);
    char *bytes = malloc(json_size + PAYLOAD_PADDING);
    require(bytes != NULL && socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair) == 0);
    struct child child = NO_CHILD;
    child.control_fd = pair[RUNNER];
    if (size > 0)
        memcpy(bytes, data, json_size);
    if (payload_parse(&payload, bytes, json_size, error, sizeof error) == 0 && warm_can_run(&payload))
        send_frame(&child, pair[STARTER], &payload);
    if (nul != NULL)
        read_messages(&child, pair[STARTER], nul + 1, size - json_size - 1);
    payload_free(&payload);
    free(bytes);
    close(pair[RUNNER]);
    close(pair[STARTER]);
    return 0;
}
