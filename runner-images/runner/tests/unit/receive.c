#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "check.h"
#include "runner.h"

static enum received receive(struct message *message, const char *text, size_t step, bool closes) {
    struct scan scan = {0};
    enum received received = RECEIVED_NOTHING;
    int pipe_fds[2];
    size_t size = strlen(text);
    bool complete = false;
    EXPECT(pipe2(pipe_fds, O_NONBLOCK | O_CLOEXEC) == 0);
    for (size_t at = 0; at < size && !complete; at += step) {
        size_t now = size - at < step ? size - at : step;
        EXPECT(write(pipe_fds[1], text + at, now) == (ssize_t)now);
        complete = message_read(message, &scan, pipe_fds[0], &received);
    }
    close(pipe_fds[1]);
    while (!complete && closes)
        complete = message_read(message, &scan, pipe_fds[0], &received);
    EXPECT(complete);
    close(pipe_fds[0]);
    return received;
}

static void complete_without_end(void) {
    static const char TEXT[] = "\n {\"files\": [\"}\"]}\n{\"next\":1}";
    for (size_t step = 1; step < sizeof TEXT; step++) {
        struct message message = {0};
        EXPECT(receive(&message, TEXT, step, false) == RECEIVED);
        EXPECT_IN(is_text(message.bytes, message.size, "\n {\"files\": [\"}\"]}"), "step %zu", step);
        EXPECT(message.capacity >= message.size + PAYLOAD_PADDING);
        free(message.bytes);
    }
}

static void ends(void) {
    static const struct {
        const char *text;
        enum received received;
    } TEXTS[] = {{"", RECEIVED_NOTHING}, {" \n", RECEIVED_NOTHING}, {"{\"a\"", RECEIVED}, {"x", RECEIVED}, {" {", RECEIVED}};
    for (size_t i = 0; i < COUNT(TEXTS); i++) {
        struct message message = {0};
        EXPECT_IN(receive(&message, TEXTS[i].text, 1, true) == TEXTS[i].received, "%s", TEXTS[i].text);
        free(message.bytes);
    }
}

static void too_much(void) {
    struct message message = {.bytes = malloc(16), .size = 65 * 1024 * 1024, .capacity = 16};
    struct scan scan = {0};
    enum received received;
    EXPECT(message_read(&message, &scan, -1, &received) && received == RECEIVED_TOO_MUCH);
    free(message.bytes);
}

void receive_tests(void) {
    test("a payload is complete at the end of its JSON, regardless of the following bytes", complete_without_end);
    test("at the end of stdin, white space is not a payload, but an incomplete payload is", ends);
    test("a payload that never ends is refused", too_much);
}
