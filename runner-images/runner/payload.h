/* What is to be run, and how: the language, the payload, its limits, files and commands.
 * Functions return 0, or -1 with errno, unless they say otherwise. */
#ifndef PAYLOAD_H
#define PAYLOAD_H

#include <yyjson.h>

#include "bytes.h"

/* ---- language.c: /etc/runonce/language.json ---- */

/* The image's own description; runner-images/languages/README.md has the fields. */
struct language {
    yyjson_doc *doc;
    const char *name;
    yyjson_val *aliases;
    yyjson_val *also;
    yyjson_val *build;
    yyjson_val *run;
    yyjson_val *warm;
    yyjson_val *env;
};

/* -1 with a sentence in error where the file is absent or wrong. */
int language_load(struct language *language, const char *path, char *error, size_t error_size);
void language_free(struct language *language);
bool language_answers_to(const struct language *language, const char *name);

struct payload;
/* Expands the placeholders of one command, an argument list, and appends to argv. */
int language_expand(yyjson_val *command, const struct payload *payload, const char *work_dir, struct strings *argv);

/* ---- payload.c ---- */

struct file {
    const char *name;
    const char *content;
    size_t content_size;
    /* Written before under the same name. */
    bool repeated;
};

/* A checked payload. What it points to lives as long as its doc and the bytes it was read from. */
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
    /* 0 where the payload has none. */
    double time_s;
    double build_time_s;
    uint64_t output_bytes;
};

/* Reads a payload in place: bytes (of size) must have PAYLOAD_PADDING more behind them.
 * -1 with a sentence that names the field in error. */
enum { PAYLOAD_PADDING = 4 };
int payload_parse(struct payload *payload, char *bytes, size_t size, char *error, size_t error_size);
void payload_free(struct payload *payload);

/* ---- limits.c ---- */

struct limits {
    int64_t time_ns;
    int64_t build_time_ns;
    uint64_t output_bytes;
    /* Of the whole answer as JSON; 0: whatever it takes. */
    size_t answer_bytes;
};

/* Limits as the container's environment has them, or the defaults. */
struct limits limits_from_environment(void);
/* The stricter of both. */
struct limits limits_stricter(struct limits limits, const struct payload *payload);

/* ---- files.c ---- */

/* Why a file's name is refused, or NULL. */
const char *file_name_fault(const char *name, size_t size);
/* Finds the work dir, enters it and sets *path (to be freed), and $HOME where that can't be written: the variable's,
 * the current folder, $HOME, or the home of a user of our uid in passwd. Returns its descriptor, or -1 with errno. */
int work_dir_enter(const char *passwd, char **path);
int files_write(int dir_fd, struct payload *payload, char *error, size_t error_size);

/* ---- commands.c ---- */

/* The container's environment without the runner's own settings, the language's variables, then the payload's. */
int command_environment(const struct language *language, yyjson_val *program_env, struct strings *variables);
/* A shell command (a string) of the payload, or a command (a list) of the language. */
int command_build(yyjson_val *command, const struct payload *payload, const char *work_dir, struct strings *argv);
/* The command that runs the program, and its arguments. */
int command_run(const struct language *language, const struct payload *payload, const char *work_dir, struct strings *argv);
/* The build commands, a JSON array, or NULL. */
yyjson_val *command_builds(const struct language *language, const struct payload *payload);
bool command_is_shell(const struct payload *payload);

#endif
