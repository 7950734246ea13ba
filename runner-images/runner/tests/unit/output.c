#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "check.h"
#include "runner.h"

static void fill(int pipe_fds[2], const char *text, size_t size) {
    EXPECT(pipe2(pipe_fds, O_NONBLOCK | O_CLOEXEC) == 0);
    EXPECT(write(pipe_fds[1], text, size) == (ssize_t)size);
}

static void at_the_limit(void) {
    static const struct {
        uint64_t limit;
        size_t kept;
        uint64_t read_bytes;
        bool truncated;
    } LIMITS[] = {{1, 1, 2, true}, {9, 9, 10, true}, {10, 10, 10, false}, {11, 10, 10, false}, {UINT64_MAX, 10, 10, false}};
    for (size_t i = 0; i < COUNT(LIMITS); i++) {
        int pipe_fds[2];
        struct capture capture = {0};
        uint64_t left = LIMITS[i].limit;
        fill(pipe_fds, "0123456789", 10);
        close(pipe_fds[1]);
        enum captured captured;
        do
            captured = capture_read(&capture, pipe_fds[0], &left);
        while (captured == CAPTURED);
        EXPECT_IN((captured == CAPTURED_TOO_MUCH) == LIMITS[i].truncated, "limit %zu", i);
        EXPECT_IN(capture.size == LIMITS[i].kept && capture.read_bytes == LIMITS[i].read_bytes, "limit %zu", i);
        EXPECT_IN(capture.truncated == LIMITS[i].truncated && left == LIMITS[i].limit - LIMITS[i].kept, "limit %zu", i);
        EXPECT_IN(memcmp(capture.data, "0123456789", capture.size) == 0, "limit %zu", i);
        capture_free(&capture);
        close(pipe_fds[0]);
    }
}

static void nothing_and_end(void) {
    int pipe_fds[2];
    struct capture capture = {0};
    uint64_t left = 100;
    fill(pipe_fds, "", 0);
    EXPECT(capture_read(&capture, pipe_fds[0], &left) == CAPTURED_NOTHING);
    close(pipe_fds[1]);
    EXPECT(capture_read(&capture, pipe_fds[0], &left) == CAPTURED_END);
    EXPECT(capture.size == 0 && left == 100);
    capture_free(&capture);
    close(pipe_fds[0]);
}

static void drops(void) {
    int pipe_fds[2];
    struct capture capture = {0};
    fill(pipe_fds, "0123456789", 10);
    EXPECT(capture_drop(&capture, pipe_fds[0]) == CAPTURED && capture_drop(&capture, pipe_fds[0]) == CAPTURED_NOTHING);
    close(pipe_fds[1]);
    EXPECT(capture_drop(&capture, pipe_fds[0]) == CAPTURED_END);
    EXPECT(capture.size == 0 && capture.read_bytes == 10);
    close(pipe_fds[0]);
}

static void grows(void) {
    struct capture capture = {0};
    uint64_t left = 1 << 20;
    size_t total = 0;
    while (left > 0) {
        int pipe_fds[2];
        char chunk[5000];
        size_t size = left < sizeof chunk ? (size_t)left : sizeof chunk;
        memset(chunk, 'a' + (int)(total % 26), size);
        fill(pipe_fds, chunk, size);
        EXPECT(capture_read(&capture, pipe_fds[0], &left) == CAPTURED);
        EXPECT(capture.data[total] == chunk[0] && capture.data[total + size - 1] == chunk[0]);
        total += size;
        close(pipe_fds[0]);
        close(pipe_fds[1]);
    }
    EXPECT(capture.size == 1 << 20 && !capture.truncated && capture.capacity <= 4 << 20);
    capture_free(&capture);
}

/* If a container has no memory left, the kernel kills the runner when it requests a page. Therefore, the runner must request
 * memory only if necessary. */
static void takes_no_unneeded_memory(void) {
    int pipe_fds[2];
    struct capture capture = {0};
    uint64_t left = 1 << 20;
    fill(pipe_fds, "", 0);
    EXPECT(capture_read(&capture, pipe_fds[0], &left) == CAPTURED_NOTHING && capture.data == NULL);
    EXPECT(write(pipe_fds[1], "abcd", 4) == 4);
    EXPECT(capture_read(&capture, pipe_fds[0], &left) == CAPTURED && capture.capacity == 4096);
    size_t capacity = capture.capacity;
    capture.size = capacity; /* simulates a full buffer */
    close(pipe_fds[1]);
    EXPECT(capture_read(&capture, pipe_fds[0], &left) == CAPTURED_END && capture.capacity == capacity);
    capture_free(&capture);
    close(pipe_fds[0]);
}

void output_tests(void) {
    test("the end of a stream is detected without allocating memory", takes_no_unneeded_memory);
    test("output up to the limit is kept, and one more byte exceeds it", at_the_limit);
    test("an empty pipe and a closed pipe are distinguished", nothing_and_end);
    test("dropped output is counted and not kept", drops);
    test("a mebibyte arrives in order", grows);
}
