#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "native.h"
#include "recipe.h"

static const struct streams OWN = {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO};

/* Creates a temporary file with the driver's name pattern. The descriptor is closed, because the stages open the file
 * by name. */
static int make_file(char path[32], const char *template, int suffix) {
    (void)snprintf(path, 32, "%s", template);
    int fd = mkostemps(path, suffix, O_CLOEXEC);
    if (fd < 0) {
        path[0] = '\0';
        return -1;
    }
    return close(fd);
}

static int exit_code(int status) {
    return status >= 0 && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static int compiler_words(struct words *words, const struct unit *unit, const char *header, const char *out) {
    if (words_add_all(words, COMPILER) < 0 || words_add(words, unit->source) < 0)
        return -1;
    if (header != NULL && (words_add(words, "-include") < 0 || words_add(words, header) < 0))
        return -1;
    return words_add(words, "-o") < 0 ? -1 : words_add(words, out);
}

static int assembler_words(struct words *words, const struct unit *unit, const char *in) {
    if (words_add_all(words, ASSEMBLER) < 0 || words_add(words, "-o") < 0 || words_add(words, unit->object) < 0)
        return -1;
    return in == NULL ? 0 : words_add(words, in);
}

/* Runs the compiler and the assembler in parallel. Stores both exit codes, -1 for a program that did not exit
 * normally. */
static int run_piped(const struct words *compiler, const struct words *assembler, int messages, int complaints, int codes[2]) {
    int ends[2];
    pid_t pids[2] = {-1, -1};
    if (pipe2(ends, O_CLOEXEC) < 0)
        return -1;
    int failed = process_start(assembler, (struct streams){ends[0], STDOUT_FILENO, complaints}, &pids[1]) < 0 ||
                 process_start(compiler, (struct streams){STDIN_FILENO, ends[1], messages}, &pids[0]) < 0;
    (void)close(ends[0]);
    (void)close(ends[1]);
    for (int i = 0; i < 2; i++)
        codes[i] = pids[i] < 0 ? -1 : exit_code(process_wait(pids[i]));
    return failed ? -1 : 0;
}

/* Runs the assembler on a file. Its messages contain the name of its input, and the driver uses a file, not a pipe.
 * The compiler's messages are discarded, because they have already been printed. */
static int assemble_file(const struct unit *unit) {
    char assembly[32];
    int silent = open("/dev/null", O_WRONLY | O_CLOEXEC), code = -1;
    struct words compiler = {0}, assembler = {0};
    if (silent >= 0 && make_file(assembly, "/tmp/ccXXXXXX.s", 2) == 0) {
        if (compiler_words(&compiler, unit, NULL, assembly) == 0 && assembler_words(&assembler, unit, assembly) == 0 &&
            exit_code(process_run(&compiler, (struct streams){STDIN_FILENO, STDOUT_FILENO, silent})) == 0)
            code = exit_code(process_run(&assembler, OWN));
        (void)unlink(assembly);
    }
    if (silent >= 0)
        (void)close(silent);
    free(compiler.list);
    free(assembler.list);
    return code <= 0 ? code : 1;
}

/* Returns 0 or 1 as stage_compile does, or -1 also if the precompiled header changes the messages. */
static int compile_once(const struct unit *unit, const char *header, int messages, int complaints) {
    struct words compiler = {0}, assembler = {0};
    int codes[2] = {-1, -1}, result = -1;
    if (compiler_words(&compiler, unit, header, "-") == 0 && assembler_words(&assembler, unit, NULL) == 0 &&
        run_piped(&compiler, &assembler, messages, complaints, codes) == 0)
        result = codes[0] <= 0 ? codes[0] : 1;
    free(compiler.list);
    free(assembler.list);
    if (messages != STDERR_FILENO && result >= 0) {
        char *text = process_messages(messages);
        if (text == NULL || header_matters(text) || fputs(text, stderr) < 0)
            result = -1;
        free(text);
    }
    if (result == 0 && (codes[1] != 0 || lseek(complaints, 0, SEEK_END) != 0))
        return assemble_file(unit);
    return result;
}

int stage_compile(struct unit *unit, const char *header) {
    int complaints = memfd_create("complaints", MFD_CLOEXEC), result = -1;
    if (complaints < 0 || make_file(unit->object, "/tmp/ccXXXXXX.o", 2) < 0)
        goto done;
    if (header != NULL) {
        int messages = memfd_create("messages", MFD_CLOEXEC);
        if (messages >= 0) {
            result = compile_once(unit, header, messages, complaints);
            (void)close(messages);
        }
    }
    if (result < 0 && ftruncate(complaints, 0) == 0)
        result = compile_once(unit, NULL, STDERR_FILENO, complaints);
done:
    if (complaints >= 0)
        (void)close(complaints);
    return result;
}

/* Links only with the libraries that nearly every program needs, passed as paths. Returns 0, or -1 if this is not
 * sufficient. */
static int link_quickly(const struct unit *units, size_t count) {
    struct words linker = {0};
    int complaints = memfd_create("complaints", MFD_CLOEXEC), failed = complaints < 0 || words_add_all(&linker, LINKER) < 0;
    for (size_t i = 0; i < count && !failed; i++)
        failed = words_add(&linker, units[i].object) < 0;
    failed = failed || words_add_all(&linker, LIBRARIES) < 0 ||
             process_run(&linker, (struct streams){STDIN_FILENO, STDOUT_FILENO, complaints}) != 0 ||
             lseek(complaints, 0, SEEK_END) != 0;
    free(linker.list);
    if (complaints >= 0)
        (void)close(complaints);
    return failed ? -1 : 0;
}

int stage_link(const struct unit *units, size_t count) {
    if (link_quickly(units, count) == 0)
        return 0;
    struct words driver = {0};
    int failed = words_add_all(&driver, DRIVER) < 0;
    for (size_t i = 0; i < count && !failed; i++)
        failed = words_add(&driver, units[i].object) < 0;
    int code = failed || words_add_all(&driver, DRIVER_LIBRARIES) < 0 ? -1 : exit_code(process_run(&driver, OWN));
    free(driver.list);
    return code;
}

void driver_run(const struct unit *units, size_t count) {
    struct words driver = {0};
    int failed = words_add_all(&driver, DRIVER) < 0 || words_add_all(&driver, DRIVER_LANGUAGE) < 0;
    for (size_t i = 0; i < count && !failed; i++)
        failed = words_add(&driver, units[i].source) < 0;
    failed = failed || words_add(&driver, "-x") < 0 || words_add(&driver, "none") < 0 || words_add_all(&driver, DRIVER_LIBRARIES) < 0;
    if (!failed)
        (void)execv(driver.list[0], driver.list);
    perror(DRIVER[0]);
    _exit(127);
}
