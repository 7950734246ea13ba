/* The warm interpreter's conversation: a payload's frame holds its names and nothing else, and whatever a starter answers
 * is one of the words. The input is a payload, a NUL, and the starter's answer. */
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

/* What a word of the answer must be heard as, by the protocol that warm.c tells. */
static enum warm_word expected(const uint8_t *answer, size_t size, size_t *taken, int *exit_code) {
    *taken = 1;
    if (size == 0)
        return WARM_LEFT;
    switch (answer[0]) {
    case 'R':
        return WARM_IS_READY;
    case 'B':
        return WARM_HAS_BUILT;
    case 'F':
        *exit_code = size > 1 ? answer[1] : 1;
        *taken = size > 1 ? 2 : 1;
        return WARM_CANT_BUILD;
    default:
        return WARM_REFUSES;
    }
}

static void hear(struct child *child, int starter_fd, const uint8_t *answer, size_t size) {
    enum warm_word word;
    int exit_code = -1;
    require(warm_hear(child, &exit_code) == WARM_SAYS_NOTHING);
    require(send(starter_fd, answer, size, 0) == (ssize_t)size && shutdown(starter_fd, SHUT_WR) == 0);
    do {
        size_t taken;
        int wanted_code = exit_code;
        enum warm_word wanted = expected(answer, size, &taken, &wanted_code);
        word = warm_hear(child, &exit_code);
        require(word == wanted && exit_code == wanted_code);
        answer += word == WARM_LEFT ? 0 : taken;
        size -= word == WARM_LEFT ? 0 : taken;
    } while (word != WARM_LEFT);
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
    if (payload_parse(&payload, bytes, json_size, error, sizeof error) == 0 && warm_takes(&payload))
        send_frame(&child, pair[STARTER], &payload);
    if (nul != NULL)
        hear(&child, pair[STARTER], nul + 1, size - json_size - 1);
    payload_free(&payload);
    free(bytes);
    close(pair[RUNNER]);
    close(pair[STARTER]);
    return 0;
}
