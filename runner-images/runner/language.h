/* The image's language, and the commands that build and run the program.
 * Unless stated otherwise, functions return 0, or -1 with errno set. */
#ifndef LANGUAGE_H
#define LANGUAGE_H

#include <yyjson.h>

#include "bytes.h"

struct payload;

/* ---- language.c: /etc/runonce/language.json ---- */

/* The image's language. runner-images/languages/README.md documents the fields. */
struct language {
    yyjson_doc *doc;
    const char *name;
    const char *main;
    yyjson_val *aliases;
    yyjson_val *also;
    yyjson_val *build;
    yyjson_val *run;
    yyjson_val *warm;
    yyjson_val *env;
    yyjson_val *strip;
};

/* Returns -1 with a sentence in error if the file is missing or invalid. */
int language_load(struct language *language, const char *path, char *error, size_t error_size);
void language_free(struct language *language);
/* Whether the image runs the language with this name or alias. */
bool language_matches(const struct language *language, const char *name);

/* The suffixes of an argument `{files:.c,.h}`: `.c,.h`. Its size is 0 for any other argument. */
struct span language_suffixes(yyjson_val *argument);
/* Whether a file name has one of these suffixes, which commas separate. */
bool has_suffix(const char *name, const char *suffixes, size_t size);

/* Appends a command, a list of arguments, to argv and replaces its placeholders. */
int language_expand(yyjson_val *command, const struct payload *payload, const char *work_dir, struct strings *argv);

/* ---- commands.c ---- */

/* Sets the container's environment without the runner's settings, then the language's variables, then the payload's. A
 * later value replaces an earlier one. */
int command_environment(const struct language *language, yyjson_val *program_env, struct strings *variables);
/* Sets TERM if no variable has this name. */
int command_terminal(struct strings *variables);
/* Makes argv for a build command: a shell command (a string) of the payload, or a command (a list) of the language. */
int command_build(yyjson_val *command, const struct payload *payload, const char *work_dir, struct strings *argv);
/* Makes argv for the command that runs the program, with the payload's arguments. */
int command_run(const struct language *language, const struct payload *payload, const char *work_dir, struct strings *argv);
/* Returns the build commands as a JSON array, or NULL. */
yyjson_val *command_builds(const struct language *language, const struct payload *payload);
/* Whether the payload contains its own shell command. */
bool command_is_shell(const struct payload *payload);

#endif
