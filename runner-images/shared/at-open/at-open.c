/* A library that makes an interpreter wait (LD_PRELOAD) where it opens its script: it has loaded all that it loads for any
 * program by then, and begins with the program itself only afterwards. So a start is an ordinary one, cut in two. The
 * conversation on descriptor 3 is that of runner-images/languages/README.md; SCRIPT is the main file's name. The command line
 * is read before, so a program of another name, or one with arguments, is refused. */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "preload.h"

#define EXPORTED __attribute__((visibility("default")))

enum { RUNNER_FD = 3, SIZE_BYTES = 4 };

static bool waits;
/* Where the interpreter keeps the time of its start: its last call that named a place. */
static time_t *started;

/* Before the interpreter makes a copy of its variables, and for its children too. */
__attribute__((constructor)) static void start(void) {
    struct stat status;
    waits = forget_preload() && fstat(RUNNER_FD, &status) == 0 && S_ISSOCK(status.st_mode);
}

static void say(char word) {
    if (write(RUNNER_FD, &word, 1) != 1)
        _exit(0);
}

/* The frame of a program with the expected name and no arguments; false for any other. Leaves when the runner has none. */
static bool receive(void) {
    char expected[SIZE_BYTES + sizeof SCRIPT] = {0, 0, 0, sizeof SCRIPT};
    char frame[sizeof expected];
    memcpy(expected + SIZE_BYTES, SCRIPT, sizeof SCRIPT);
    for (size_t size = 0; size < sizeof frame;) {
        ssize_t count = read(RUNNER_FD, frame + size, sizeof frame - size);
        if (count < 0 && errno == EINTR)
            continue;
        if (count <= 0)
            _exit(0);
        size += (size_t)count;
        if (memcmp(frame, expected, size) != 0)
            return false;
    }
    return true;
}

static void wait_for(const char *path) {
    if (!waits || strcmp(path, SCRIPT) != 0)
        return;
    waits = false;
    int error = errno;
    say('R');
    if (!receive()) {
        say('P');
        for (;;) /* the runner ends it */
            (void)pause();
    }
    (void)close(RUNNER_FD);
    if (started != NULL)
        *started = time(NULL);
    errno = error;
}

EXPORTED time_t time(time_t *place) {
    struct timespec now;
    (void)clock_gettime(CLOCK_REALTIME_COARSE, &now); /* as time(2) has it */
    if (waits)
        started = place;
    if (place != NULL)
        *place = now.tv_sec;
    return now.tv_sec;
}

static mode_t mode_of(int flags, va_list arguments) {
    return flags & (O_CREAT | O_TMPFILE) ? va_arg(arguments, mode_t) : 0;
}

#define OPEN(name)                                                                        \
    EXPORTED int name(const char *path, int flags, ...) {                                 \
        static int (*real)(const char *, int, ...);                                       \
        if (real == NULL)                                                                 \
            real = (__typeof__(real))dlsym(RTLD_NEXT, #name);                             \
        va_list arguments;                                                                \
        va_start(arguments, flags);                                                       \
        mode_t mode = mode_of(flags, arguments);                                          \
        va_end(arguments);                                                                \
        wait_for(path);                                                                   \
        return real(path, flags, mode);                                                   \
    }

#define FOPEN(name)                                                                       \
    EXPORTED FILE *name(const char *path, const char *mode) {                             \
        static FILE *(*real)(const char *, const char *);                                 \
        if (real == NULL)                                                                 \
            real = (__typeof__(real))dlsym(RTLD_NEXT, #name);                             \
        wait_for(path);                                                                   \
        return real(path, mode);                                                          \
    }

OPEN(open)
OPEN(open64)
FOPEN(fopen)
FOPEN(fopen64)

/* The process ends: what it loaded goes with it, and taking it apart first takes longer than many a program. */
EXPORTED int dlclose(void *handle) {
    (void)handle;
    return 0;
}
