/* Writes JSON to a descriptor: strings, base64, formatted text. */
#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "runner.h"

static int flush_to_memory(struct writer *writer) {
    size_t size = writer->memory_size + writer->used;
    if (buffer_reserve(&writer->memory, &writer->memory_capacity, size, sizeof writer->buffer) < 0) {
        writer->failed = true;
        return -1;
    }
    memcpy(writer->memory + writer->memory_size, writer->buffer, writer->used);
    writer->memory_size = size;
    writer->used = 0;
    return 0;
}

int write_flush(struct writer *writer) {
    if (writer->fd == TO_MEMORY)
        return flush_to_memory(writer);
    const char *at = writer->buffer;
    size_t left = writer->used;
    writer->used = 0;
    while (left > 0 && !writer->failed) {
        ssize_t written = write(writer->fd, at, left);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0 && errno == EAGAIN) {
            /* Another process that uses this pipe has made it non-blocking. */
            struct pollfd writable = {.fd = writer->fd, .events = POLLOUT};
            (void)poll(&writable, 1, -1);
            continue;
        }
        if (written < 0) {
            writer->failed = true;
            break;
        }
        at += written;
        left -= (size_t)written;
    }
    return writer->failed ? -1 : 0;
}

void write_bytes(struct writer *writer, const char *bytes, size_t size) {
    while (size > 0) {
        size_t free_bytes = sizeof writer->buffer - writer->used;
        size_t now = size < free_bytes ? size : free_bytes;
        memcpy(writer->buffer + writer->used, bytes, now);
        writer->used += now;
        bytes += now;
        size -= now;
        if (writer->used == sizeof writer->buffer)
            (void)write_flush(writer); /* the writer remembers an error */
    }
}

void write_text(struct writer *writer, const char *text) {
    write_bytes(writer, text, strlen(text));
}

void write_format(struct writer *writer, const char *format, ...) {
    char text[256];
    va_list arguments;
    va_start(arguments, format);
    int size = vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    if (size < 0 || (size_t)size >= sizeof text)
        writer->failed = true;
    else
        write_bytes(writer, text, (size_t)size);
}

static bool is_plain(char byte) {
    unsigned char value = (unsigned char)byte;
    return value >= 0x20 && value < 0x80 && value != '"' && value != '\\';
}

static void write_json_escape(struct writer *writer, char byte) {
    static const char SHORT[] = "\"\"\\\\\bb\ff\nn\rr\tt";
    for (size_t i = 0; i + 1 < sizeof SHORT; i += 2) {
        if (SHORT[i] == byte) {
            write_format(writer, "\\%c", SHORT[i + 1]);
            return;
        }
    }
    write_format(writer, "\\u%04x", (unsigned)(unsigned char)byte);
}

void write_json_text(struct writer *writer, const char *bytes, size_t size) {
    size_t at = 0;
    while (at < size) {
        size_t length = 0;
        while (at + length < size && is_plain(bytes[at + length]))
            length++;
        if (length > 0) {
            write_bytes(writer, bytes + at, length);
        } else if (utf8_next(bytes + at, size - at, &length) != UTF8_VALID) {
            write_text(writer, "\xef\xbf\xbd");
        } else if (length > 1) {
            write_bytes(writer, bytes + at, length);
        } else {
            write_json_escape(writer, bytes[at]);
        }
        at += length;
    }
}

void write_json_string(struct writer *writer, const char *bytes, size_t size) {
    write_text(writer, "\"");
    write_json_text(writer, bytes, size);
    write_text(writer, "\"");
}

size_t json_string_bytes(const char *bytes, size_t size) {
    size_t total = 2;
    size_t length;
    for (size_t at = 0; at < size; at += length) {
        length = 1;
        if (is_plain(bytes[at]))
            total++;
        else if (utf8_next(bytes + at, size - at, &length) != UTF8_VALID)
            total += 3;
        else if (length > 1)
            total += length;
        else
            total += strchr("\"\\\b\f\n\r\t", bytes[at]) != NULL && bytes[at] != '\0' ? 2 : 6;
    }
    return total;
}

size_t base64_bytes(size_t size) {
    return (size + 2) / 3 * 4;
}

void write_base64(struct writer *writer, const char *bytes, size_t size) {
    static const char DIGITS[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t at = 0; at < size; at += 3) {
        size_t count = size - at < 3 ? size - at : 3;
        unsigned char in[3] = {0};
        memcpy(in, bytes + at, count);
        char out[4] = {
            DIGITS[in[0] >> 2],
            DIGITS[(in[0] & 3) << 4 | in[1] >> 4],
            count > 1 ? DIGITS[(in[1] & 15) << 2 | in[2] >> 6] : '=',
            count > 2 ? DIGITS[in[2] & 63] : '=',
        };
        write_bytes(writer, out, sizeof out);
    }
}
