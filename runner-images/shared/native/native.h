/* The build step of C and C++: runs the same programs as the compiler driver, without the driver. main.c defines the
 * order of the steps, header.c chooses the precompiled header, stages.c runs compiler, assembler and linker,
 * process.c starts programs. make.sh generates recipe.h when the image is built. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* A source file, and the name of its object file. */
struct unit {
    const char *source;
    char object[32];
};

/* The arguments of a program, terminated by NULL. */
struct words {
    char **list;
    size_t count, room;
};

/* The standard streams of a new program. A member that is equal to STDIN_FILENO, STDOUT_FILENO or STDERR_FILENO leaves this
 * stream unchanged. */
struct streams {
    int in, out, err;
};

/* header.c: returns the precompiled header that does not change the meaning of the file, or NULL. */
const char *header_choose(const struct unit *unit);
/* Whether the messages differ from those without the precompiled header: they contain its name, or a template that it
 * has already instantiated. */
bool header_matters(const char *messages);

/* stages.c: return 0; 1 if the program has errors, which have been printed; -1 if the driver must report the error. */
int stage_compile(struct unit *unit, const char *header);
int stage_link(const struct unit *units, size_t count);
/* Replaces this process. */
void driver_run(const struct unit *units, size_t count) __attribute__((noreturn));

/* process.c: 0 or -1. */
int words_add(struct words *words, const char *word);
int words_add_all(struct words *words, const char *const *more);
int process_start(const struct words *words, struct streams streams, pid_t *pid);
/* Returns the wait status, or -1. */
int process_wait(pid_t pid);
/* Calls process_start and process_wait. */
int process_run(const struct words *words, struct streams streams);
/* Returns the content of a file as a NUL-terminated string for free(3), or NULL if the file cannot be read. */
char *process_messages(int fd);
