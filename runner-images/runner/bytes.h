/* Functions for bytes: string lists, the end of the payload, UTF-8, base64, glob patterns, JSON, captured output.
 * Unless stated otherwise, functions return 0, or -1 with errno set. */
#ifndef BYTES_H
#define BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Bytes that the holder of this struct does not own; not terminated by NUL. */
struct span {
    const char *data;
    size_t size;
};

/* ---- strings.c: growing buffers, and lists for execve(2) ---- */

/* Grows a malloc(3) array to a capacity of at least `needed` items by doubling, so that appending n items takes O(n) time. An empty
 * array starts with the capacity `first`. Returns the array, or NULL with errno set: then the given array is still valid. */
void *array_reserve(void *items, size_t *capacity, size_t needed, size_t first, size_t item_bytes);
/* Like array_reserve(), for a buffer of bytes. The buffer and its capacity do not change on an error. */
int buffer_reserve(char **buffer, size_t *capacity, size_t needed_bytes, size_t first_bytes);

/* A NULL-terminated list that owns its strings. A zeroed struct is an empty list. */
struct strings {
    char **items;
    size_t count;
    size_t capacity;
};

int strings_add(struct strings *list, const char *text, size_t size);
int strings_addf(struct strings *list, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Sets NAME=value, replacing an earlier value. */
int strings_set_variable(struct strings *list, const char *name, const char *value);
void strings_free(struct strings *list);

/* ---- scan.c: the end of the payload ---- */

/* State of the search for the end of the first top-level JSON value. A zeroed struct is the initial state. */
struct scan {
    uint64_t depth;
    bool started;
    bool in_string;
    bool escaped;
    bool ended;
};

/* Scans the next bytes. Returns how many of them belong to the value and the white space before it, and sets
 * scan->ended if the value ends there. */
size_t scan_bytes(struct scan *scan, const char *bytes, size_t size);

/* ---- utf8.c ---- */

enum utf8 { UTF8_VALID, UTF8_INVALID, UTF8_PARTIAL };

/* Classifies the first bytes (size > 0). Sets *length to the length of the character or, if it is invalid, of its maximal
 * subpart. UTF8_PARTIAL: the bytes end inside a character.
 * Source: Unicode Standard, table 3-7 and section 3.9, U+FFFD Substitution of Maximal Subparts. */
enum utf8 utf8_next(const char *bytes, size_t size, size_t *length);
bool utf8_is_valid(const char *bytes, size_t size);
/* Returns the size without an incomplete character at the end. */
size_t utf8_without_partial(const char *bytes, size_t size);

/* ---- base64.c ---- */

/* Decodes RFC 4648 base64 in place: the standard alphabet, with padding and nothing else. Returns the number of bytes, or -1. */
ssize_t base64_decode(char *text, size_t size);

/* ---- glob.c ---- */

enum { GLOB_MOST_BYTES = 255, GLOB_MOST_PARTS = 62, MOST_GLOBS = 32 };

struct glob {
    struct span parts[GLOB_MOST_PARTS];
    size_t count;
    /* The pattern has no wildcard. */
    bool is_literal;
};

struct globs {
    struct glob *items;
    size_t count;
};

/* The set of a pattern's components that may come next, one bit each. The bit after the last component means that the
 * path matches. */
typedef uint64_t glob_states;

/* Returns why a pattern is refused, or NULL. The text must stay valid. */
const char *glob_parse(struct glob *glob, const char *text, size_t size);
/* Returns the states before the first component of a path. */
glob_states glob_start(const struct glob *glob);
/* Returns the states after one more component of the path. */
glob_states glob_step(const struct glob *glob, glob_states states, const char *name);
bool glob_is_match(const struct glob *glob, glob_states states);
/* Whether the pattern may match a longer path. */
bool glob_may_continue(const struct glob *glob, glob_states states);

/* ---- json_writer.c ---- */

/* A buffered writer. The buffer is part of the struct, because writing the result must not depend on malloc(3). */
enum { TO_MEMORY = -2 };
struct writer {
    /* If this is TO_MEMORY, write_flush() appends to `memory`. */
    int fd;
    bool failed;
    char *memory;
    size_t memory_size;
    size_t memory_capacity;
    size_t used;
    char buffer[32768];
};

void write_bytes(struct writer *writer, const char *bytes, size_t size);
void write_text(struct writer *writer, const char *text);
/* Writes at most 255 bytes; longer text makes the writer fail. */
void write_format(struct writer *writer, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Writes a JSON string. Each maximal subpart that is not UTF-8 becomes one U+FFFD. */
void write_json_string(struct writer *writer, const char *bytes, size_t size);
/* Writes the content of a JSON string, without the quotes. */
void write_json_text(struct writer *writer, const char *bytes, size_t size);
/* The number of bytes that write_json_string() writes, quotes included. */
size_t json_string_bytes(const char *bytes, size_t size);
size_t base64_bytes(size_t size);
void write_base64(struct writer *writer, const char *bytes, size_t size);
/* Writes the buffer. Returns -1 if this write or an earlier one failed. */
int write_flush(struct writer *writer);

/* ---- output.c: captured output ---- */

enum { STREAM_OUT, STREAM_ERR, STREAMS };
extern const char *const STREAM_NAMES[STREAMS];

/* The output that was read from one stream, up to the output limit. */
struct capture {
    char *data;
    size_t size;
    size_t capacity;
    uint64_t read_bytes;
    bool truncated;
};

enum captured { CAPTURED, CAPTURED_NOTHING, CAPTURED_END, CAPTURED_TOO_MUCH };

/* Reads once from a non-blocking descriptor, at most *left_bytes (the rest of the output limit) and one additional byte,
 * which shows that the limit is exceeded. CAPTURED_NOTHING: no data now. CAPTURED_END: end of file. */
enum captured capture_read(struct capture *capture, int fd, uint64_t *left_bytes);
/* Reads once and drops the bytes, for a stream that has exceeded the limit. */
enum captured capture_drop(struct capture *capture, int fd);
void capture_free(struct capture *capture);

#endif
