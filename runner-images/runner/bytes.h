/* Bytes in and out: string lists, the payload's end, UTF-8 and JSON, captured output.
 * Functions return 0, or -1 with errno, unless they say otherwise. */
#ifndef BYTES_H
#define BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes that belong to someone else; not NUL-terminated unless said. */
struct span {
    const char *data;
    size_t size;
};

/* ---- strings.c: lists for execve(2) ---- */

/* A NULL-terminated list of strings of its own. Zeroed, it is empty. */
struct strings {
    char **items;
    size_t count;
    size_t capacity;
};

int strings_add(struct strings *list, const char *text, size_t size);
int strings_addf(struct strings *list, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Sets NAME=value, in place of a former value. */
int strings_set_variable(struct strings *list, const char *name, const char *value);
void strings_free(struct strings *list);

/* ---- scan.c: where the payload ends ---- */

/* State of the search for the end of the first top-level JSON value. Zeroed, it is at the start. */
struct scan {
    uint64_t depth;
    bool started;
    bool in_string;
    bool escaped;
    bool ended;
};

/* Takes the next bytes. Returns how many of them belong to the value and the white space before it;
 * scan->ended tells whether the value ends there. */
size_t scan_bytes(struct scan *scan, const char *bytes, size_t size);

/* ---- text.c: the result's JSON ---- */

enum utf8 { UTF8_VALID, UTF8_INVALID, UTF8_PARTIAL };

/* Looks at the first sequence of bytes (size > 0) and sets *length to the character's length or, where it is none,
 * to that of its maximal subpart. UTF8_PARTIAL: the bytes end inside a character.
 * Source: Unicode Standard, table 3-7 and section 3.9, U+FFFD substitution of maximal subparts. */
enum utf8 utf8_next(const char *bytes, size_t size, size_t *length);
bool utf8_is_valid(const char *bytes, size_t size);
/* size without the bytes of an incomplete character at the end. */
size_t utf8_without_partial(const char *bytes, size_t size);

/* Writes to a descriptor through a buffer of its own: an answer must not depend on malloc(3). */
struct writer {
    int fd;
    bool failed;
    size_t used;
    char buffer[32768];
};

void write_bytes(struct writer *writer, const char *bytes, size_t size);
void write_text(struct writer *writer, const char *text);
void write_format(struct writer *writer, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* A JSON string; what is not UTF-8 becomes U+FFFD, one for each maximal subpart. */
void write_json_string(struct writer *writer, const char *bytes, size_t size);
/* What it takes, quotes included. */
size_t json_string_bytes(const char *bytes, size_t size);
size_t base64_bytes(size_t size);
void write_base64(struct writer *writer, const char *bytes, size_t size);
int write_flush(struct writer *writer);

/* ---- output.c: what a program writes ---- */

enum { STREAM_OUT, STREAM_ERR, STREAMS };

/* What was read from one stream, up to the output limit. */
struct capture {
    char *data;
    size_t size;
    size_t capacity;
    uint64_t read_bytes;
    bool truncated;
};

enum captured { CAPTURED, CAPTURED_NOTHING, CAPTURED_END, CAPTURED_TOO_MUCH };

/* Reads once from a non-blocking descriptor, *left_bytes (what the output limit still allows) at most; one byte
 * more is read to know that there is one. CAPTURED_NOTHING: nothing there now. CAPTURED_END: end of file. */
enum captured capture_read(struct capture *capture, int fd, uint64_t *left_bytes);
void capture_free(struct capture *capture);

#endif
