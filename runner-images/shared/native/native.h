/* The build step of C and C++: what the compiler's driver would do, without the driver.
 * main.c says in which order, header.c chooses the precompiled header, stages.c runs compiler, assembler and linker, process.c
 * starts programs. recipe.h is written by make.sh at the image's build. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* The file names that came as arguments, and what becomes of them. */
struct unit {
    const char *source;
    char object[32];
};

/* A program's arguments, ended by NULL. */
struct words {
    char **list;
    size_t count, room;
};

/* What a started program's descriptors are; STDERR_FILENO and so on leave them as they are. */
struct streams {
    int in, out, err;
};

/* header.c: the precompiled header that changes nothing in the file, or NULL. */
const char *header_choose(const struct unit *unit);
/* Whether the messages would be others without: they name it, or what it has instantiated already. */
bool header_matters(const char *messages);

/* stages.c: 0; 1 where the program's text is at fault and that has been said; -1 where the driver has to say what is wrong. */
int stage_compile(struct unit *unit, const char *header);
int stage_link(const struct unit *units, size_t count);
/* Takes the process's place. */
void driver_run(const struct unit *units, size_t count) __attribute__((noreturn));

/* process.c: 0 or -1. */
int words_add(struct words *words, const char *word);
int words_add_all(struct words *words, const char *const *more);
int process_start(const struct words *words, struct streams streams, pid_t *pid);
/* The wait status, or -1. */
int process_wait(pid_t pid);
/* Both in one. */
int process_run(const struct words *words, struct streams streams);
/* What was written to a file, NUL-terminated, for free(3); NULL where it can't be read. */
char *process_messages(int fd);
