/* What a program writes, kept up to the output limit. */
#include <errno.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "runner.h"

enum { CHUNK_BYTES = 65536, FIRST_CAPACITY = 4096, PAGE_BYTES = 4096 };

/* The kernel copies no byte into a page that it can't get, where a program waits for one: so it is asked for here. */
static void touch(char *from, size_t size) {
    for (size_t at = 0; at < size; at += PAGE_BYTES)
        *(volatile char *)(from + at) = 0;
    *(volatile char *)(from + size - 1) = 0;
}

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

/* How much one read takes: what is there, if the limit allows it, and one byte more than that. Never nothing: only a read tells
 * the end of the file. */
static size_t wanted_bytes(int fd, uint64_t left_bytes) {
    int there = 0;
    (void)ioctl(fd, FIONREAD, &there); /* if it fails, byte by byte */
    size_t wanted = left_bytes < CHUNK_BYTES ? (size_t)left_bytes + 1 : CHUNK_BYTES;
    return there <= 0 ? 1 : (size_t)there < wanted ? (size_t)there : wanted;
}

/* At the end of a stream no memory is asked for: there may be none. */
static ssize_t read_more(struct capture *capture, int fd, size_t wanted) {
    char byte;
    if (wanted > 1) {
        if (reserve(capture, wanted) < 0)
            return -1;
        touch(capture->data + capture->size, wanted);
        return read(fd, capture->data + capture->size, wanted);
    }
    ssize_t size = read(fd, &byte, 1);
    if (size > 0) {
        if (reserve(capture, 1) < 0)
            return -1;
        capture->data[capture->size] = byte;
    }
    return size;
}

enum captured capture_read(struct capture *capture, int fd, uint64_t *left_bytes) {
    ssize_t size = read_more(capture, fd, wanted_bytes(fd, *left_bytes));
    if (size < 0 && errno == ENOMEM) {
        capture->truncated = true;
        return CAPTURED_TOO_MUCH;
    }
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
