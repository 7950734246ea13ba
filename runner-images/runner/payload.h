/* The payload of a run, and its limits.
 * Unless stated otherwise, functions return 0, or -1 with errno set. */
#ifndef PAYLOAD_H
#define PAYLOAD_H

#include "language.h"

/* ---- json_check.c ---- */

/* Buffer for an error message. A function that writes a message to it returns -1. */
struct error_text {
    char *text;
    size_t size;
};

int refuse(struct error_text error, const char *format, ...) __attribute__((format(printf, 2, 3)));
bool has_nul(yyjson_val *text);
/* Checks a string, or an array of strings, for execve(2), where a NUL would end it. */
int check_argument(yyjson_val *value, const char *field, struct error_text error);
int check_arguments(yyjson_val *list, const char *field, struct error_text error);
/* Reads a boolean from an object. Sets false if it is absent. */
int take_flag(yyjson_val *object, const char *name, bool *flag, struct error_text error);
/* Reads a number greater than 0 from an object `limits`. `field` is the name of this object in error messages. If the
 * number is absent, *seconds does not change. */
int take_seconds(yyjson_val *limits, const char *field, const char *name, double *seconds, struct error_text error);
int take_byte_count(yyjson_val *limits, const char *field, const char *name, uint64_t *bytes, struct error_text error);
/* Whether an array contains a string. */
bool list_has(yyjson_val *list, const char *text);
/* Returns the last field with this name, as JSON.parse does. null counts as absent. */
yyjson_val *last_of(yyjson_val *object, const char *name);

/* ---- terminal.c ---- */

/* The size of a pseudo-terminal. Both are zero if there is none. */
struct terminal {
    unsigned short columns;
    unsigned short rows;
};

/* Returns whether the object has valid members columns and rows. */
bool terminal_parse(struct terminal *terminal, yyjson_val *object);
int terminal_resize(int master_fd, struct terminal terminal);
/* Sends SIGINT to the foreground process group, as ^C does. */
int terminal_interrupt(int master_fd);
/* Returns the descriptor of the program's side. */
int terminal_open(struct terminal terminal, int *master_fd);

/* ---- payload_cases.c ---- */

/* One of the payload's cases. Limits are 0 if it has none. */
struct test_case {
    struct span input;
    yyjson_val *args;
    double time_s;
    uint64_t output_bytes;
    bool has_expected;
    struct span expected;
};

int take_outputs(struct payload *payload, yyjson_val *list, struct error_text error);
int take_cases(struct payload *payload, yyjson_val *root, struct error_text error);

/* ---- payload.c ---- */

struct file {
    const char *name;
    const char *content;
    size_t content_size;
    /* The content was base64 in the payload: data that is written byte for byte. */
    bool is_binary;
    /* An earlier file had the same name. */
    bool repeated;
};

/* A valid payload. Its pointers are valid as long as doc and the bytes it was parsed from. */
struct payload {
    yyjson_doc *doc;
    const char *language;
    struct file *files;
    size_t file_count;
    struct span input;
    const char *command;
    const char *run_command;
    yyjson_val *build_commands;
    yyjson_val *args;
    yyjson_val *env;
    /* Limits are 0 if the payload has none. */
    double time_s;
    double build_time_s;
    double total_s;
    uint64_t output_bytes;
    bool has_outputs;
    struct globs outputs;
    /* At least one case, or NULL. */
    struct test_case *cases;
    size_t case_count;
    bool stops_on_failure;
    /* The payload requests events. */
    bool streams;
    /* Lines with input follow the payload. */
    bool interactive;
    struct terminal terminal;
    double idle_s;
};

/* Parses a payload in place: the buffer must be PAYLOAD_PADDING bytes longer than size.
 * Returns -1 with a sentence that names the field in error. */
enum { PAYLOAD_PADDING = 4 };
int payload_parse(struct payload *payload, char *bytes, size_t size, char *error, size_t error_size);
void payload_free(struct payload *payload);

/* ---- source.c ---- */

/* Removes the characters that language.json specifies from the language's source files. Must be called before the files are
 * written. */
void source_strip(const struct language *language, struct payload *payload);

/* ---- limits.c ---- */

/* How many files a run may still return, and their total size. All cases of the run share these limits. */
struct output_limits {
    size_t files;
    uint64_t bytes;
};

struct limits {
    int64_t time_ns;
    int64_t build_time_ns;
    /* Limit of the build and all cases together. */
    int64_t total_ns;
    /* Limit of the time without input or output in an interactive run. */
    int64_t idle_ns;
    uint64_t output_bytes;
    /* Limit of the whole result as JSON. 0: no limit. */
    size_t result_bytes;
    size_t cases;
    struct output_limits files;
};

/* The value of a time limit that is not set. Adding a time to it does not overflow. */
static const int64_t NO_LIMIT_NS = INT64_MAX / 4;

/* The limits from the container's environment, or the defaults. */
struct limits limits_from_environment(void);
/* The lower of the container's and the payload's limits. */
struct limits limits_stricter(struct limits limits, const struct payload *payload);
/* The stack limit of programs in a container with this memory limit: a quarter of it, from 8 MiB to 256 MiB. Contest programs
 * recurse deeper than the usual 8 MiB, and endless recursion must end with SIGSEGV before memory runs out. -1: no limit. */
int64_t stack_limit(int64_t memory_bytes);
/* Sets the soft limit of this process and its descendants, at most to the hard limit. */
int stack_limit_set(int64_t bytes);

#endif
