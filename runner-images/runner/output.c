/* What a program writes, kept up to the output limit. */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "runner.h"

enum { CHUNK_BYTES = 65536, FIRST_CAPACITY = 4096 };

/* Room for more bytes: twice what there is, so that growing costs no time per byte. */
static int reserve(struct capture *capture, size_t more) {
    size_t capacity = capture->capacity == 0 ? FIRST_CAPACITY : capture->capacity;
    while (capacity - capture->size < more)
        capacity *= 2;
    if (capacity == capture->capacity)
        return 0;
    char *data = realloc(capture->data, capacity);
    if (data == NULL)
        return -1;
    capture->data = data;
    capture->capacity = capacity;
    return 0;
}

enum captured capture_read(struct capture *capture, int fd, uint64_t *left_bytes) {
    size_t wanted = *left_bytes < CHUNK_BYTES ? (size_t)*left_bytes + 1 : CHUNK_BYTES;
    if (reserve(capture, wanted) < 0) {
        capture->truncated = true;
        return CAPTURED_TOO_MUCH;
    }
    ssize_t size = read(fd, capture->data + capture->size, wanted);
    if (size < 0)
        return errno == EAGAIN || errno == EINTR ? CAPTURED_NOTHING : CAPTURED_END;
    if (size == 0)
        return CAPTURED_END;
    capture->read_bytes += (uint64_t)size;
    if ((uint64_t)size > *left_bytes) {
        capture->size += (size_t)*left_bytes;
        *left_bytes = 0;
        capture->truncated = true;
        return CAPTURED_TOO_MUCH;
    }
    capture->size += (size_t)size;
    *left_bytes -= (uint64_t)size;
    return CAPTURED;
}

void capture_free(struct capture *capture) {
    free(capture->data);
    *capture = (struct capture){0};
}
