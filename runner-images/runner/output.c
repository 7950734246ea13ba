/* Captures the output of a program up to the output limit. */
#include <errno.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "runner.h"

enum { CHUNK_BYTES = 65536, FIRST_CAPACITY = 4096, PAGE_BYTES = 4096 };

const char *const STREAM_NAMES[STREAMS] = {[STREAM_OUT] = "stdout", [STREAM_ERR] = "stderr"};

/* Writes to every page that a read will fill. If the cgroup has no free page, the copy inside read(2) fails. A write
 * from here waits until the kernel has killed a process to free a page. */
static void touch(char *start, size_t size) {
    for (size_t at = 0; at < size; at += PAGE_BYTES)
        *(volatile char *)(start + at) = 0;
    *(volatile char *)(start + size - 1) = 0;
}

static int reserve(struct capture *capture, size_t more) {
    return buffer_reserve(&capture->data, &capture->capacity, capture->size + more, FIRST_CAPACITY);
}

/* Returns how much to read at once: the available bytes, but at most one byte more than the limit allows. At least 1,
 * because only a read detects the end of the file. */
static size_t wanted_bytes(int fd, uint64_t left_bytes) {
    int available = 0;
    (void)ioctl(fd, FIONREAD, &available); /* if it fails, the stream is read byte by byte */
    size_t most = left_bytes < CHUNK_BYTES ? (size_t)left_bytes + 1 : CHUNK_BYTES;
    return available <= 0 ? 1 : (size_t)available < most ? (size_t)available : most;
}

/* A read of one byte allocates memory only if there is a byte. At the end of a stream, there may be no memory. */
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

enum captured capture_drop(struct capture *capture, int fd) {
    char dropped[8192];
    ssize_t size = read(fd, dropped, sizeof dropped);
    if (size < 0 && (errno == EAGAIN || errno == EINTR))
        return CAPTURED_NOTHING;
    if (size <= 0)
        return CAPTURED_END;
    capture->read_bytes += (uint64_t)size;
    return CAPTURED;
}

void capture_free(struct capture *capture) {
    free(capture->data);
    *capture = (struct capture){0};
}
