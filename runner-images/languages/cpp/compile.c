/* Compiles the payload's C++ files, all arguments of this program, into ./a.out, by a precompiled header where it changes
 * nothing: g++ takes one a unit, and only before all else. The standard's headers do not depend on their order, so one that
 * every file includes before its first other line may come first. Where the compiler's messages then name the way by which
 * that header was included, it is asked again without. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

/* Named after the headers they hold: setup.sh makes them with the same flags. */
#define HEADERS "/opt/runonce/pch/"
static const char ALL_HEADER[] = HEADERS "all.h";
static const char STREAM_HEADER[] = HEADERS "iostream.h";

static char *const FLAGS[] = {"g++", CXX_FLAGS, "-fuse-ld=mold", "-Wl,--threads=1", "-o", "a.out", "-x", "c++"};
enum { FLAG_COUNT = sizeof FLAGS / sizeof FLAGS[0] };
/* Far more than any list of includes at a program's start. */
enum { HEAD_BYTES = 16384 };

struct includes {
    bool all;
    bool stream;
};

/* The text after white space and comments. */
static const char *skip_blank(const char *at) {
    for (;;) {
        at += strspn(at, " \t\r\n\f\v");
        if (strncmp(at, "//", 2) == 0) {
            at += strcspn(at, "\n");
            if (at[-1] == '\\') /* goes on in the next line: not worth the trouble */
                return "";
        } else if (strncmp(at, "/*", 2) == 0) {
            const char *end = strstr(at + 2, "*/");
            at = end == NULL ? "" : end + 2;
        } else {
            return at;
        }
    }
}

/* The text after `#include <name>`, with the name in `name`; NULL for anything else, a header in quotes too. */
static const char *read_include(const char *at, char name[64]) {
    int size = 0;
    if (sscanf(at, "# include <%63[^>\n]>%n", name, &size) != 1 || size == 0)
        return NULL;
    at += size;
    const char *rest = at + strspn(at, " \t\r");
    return *rest == '\n' || *rest == '\0' || *rest == '/' ? rest : NULL;
}

/* What a file includes before its first other line. */
static struct includes read_includes(const char *path) {
    struct includes found = {false, false};
    char head[HEAD_BYTES], name[64];
    FILE *file = fopen(path, "r");
    if (file == NULL)
        return found;
    size_t size = fread(head, 1, sizeof head - 1, file);
    (void)fclose(file);
    head[size] = '\0';
    for (const char *at = skip_blank(head);; at = skip_blank(at)) {
        at = read_include(at, name);
        if (at == NULL)
            break;
        found.all = found.all || strcmp(name, "bits/stdc++.h") == 0;
        found.stream = found.stream || strcmp(name, "iostream") == 0;
    }
    return found;
}

static const char *choose_header(int count, char **paths) {
    struct includes common = {true, true};
    for (int i = 0; i < count; i++) {
        struct includes found = read_includes(paths[i]);
        common.all = common.all && found.all;
        common.stream = common.stream && (found.stream || found.all);
    }
    return common.all ? ALL_HEADER : common.stream ? STREAM_HEADER : NULL;
}

static void run(char **argv) __attribute__((noreturn));

static void run(char **argv) {
    execvp(argv[0], argv);
    perror(argv[0]);
    _exit(127);
}

/* What was written to a file, NUL-terminated; NULL where it can't be read. */
static char *read_back(int fd) {
    off_t size = lseek(fd, 0, SEEK_END);
    char *text = size < 0 ? NULL : malloc((size_t)size + 1);
    if (text == NULL || pread(fd, text, (size_t)size, 0) != size)
        return NULL;
    text[size] = '\0';
    return text;
}

/* The compiler's exit code; its messages are passed on. -1 where they would be others without the precompiled header. */
static int compile_with_header(char **argv) {
    int status, messages = memfd_create("messages", MFD_CLOEXEC);
    pid_t child = messages < 0 ? -1 : fork();
    if (child == 0) {
        (void)dup2(messages, STDERR_FILENO);
        run(argv);
    }
    if (child < 0 || waitpid(child, &status, 0) < 0 || !WIFEXITED(status))
        return -1;
    const char *text = read_back(messages);
    if (text == NULL || strstr(text, HEADERS) != NULL)
        return -1;
    return fputs(text, stderr) < 0 ? -1 : WEXITSTATUS(status);
}

int main(int argc, char **argv) {
    char **command = calloc(FLAG_COUNT + (size_t)argc + 3, sizeof *command);
    if (command == NULL)
        return 1;
    memcpy(command, FLAGS, sizeof FLAGS);
    memcpy(command + FLAG_COUNT, argv + 1, ((size_t)argc - 1) * sizeof *argv);
    const char *header = choose_header(argc - 1, argv + 1);
    if (header != NULL) {
        char **option = command + FLAG_COUNT + argc - 1;
        option[0] = "-include";
        option[1] = (char *)header;
        int code = compile_with_header(command);
        if (code >= 0)
            return code;
        option[0] = option[1] = NULL;
    }
    run(command);
}
