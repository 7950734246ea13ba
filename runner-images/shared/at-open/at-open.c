/* Makes an interpreter wait at the point where it opens its script (LD_PRELOAD). At this point it has loaded
 * everything that does not depend on the program, so the start is a normal one with a pause. docs/protocol.md
 * describes the messages on descriptor 3. SCRIPT is the name of the main file. The interpreter has already read the
 * command line, so the library refuses programs with another name or with arguments. */
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
/* The address of the interpreter's start time: the argument of its last call of time(2) that had one. */
static time_t *started;

/* Runs before the interpreter copies its environment, so that the interpreter and its children do not see the
 * variables. */
__attribute__((constructor)) static void start(void) {
    struct stat status;
    waits = forget_preload() && fstat(RUNNER_FD, &status) == 0 && S_ISSOCK(status.st_mode);
}

static void send_message(char message) {
    if (write(RUNNER_FD, &message, 1) != 1)
        _exit(0);
}

/* Reads the frame. Returns true for a program with the expected name and without arguments. Exits at end of file,
 * because the runner then has no program. */
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
    send_message('R');
    if (!receive()) {
        send_message('P');
        for (;;) /* the runner kills this process */
            (void)pause();
    }
    (void)close(RUNNER_FD);
    if (started != NULL)
        *started = time(NULL);
    errno = error;
}

EXPORTED time_t time(time_t *place) {
    struct timespec now;
    (void)clock_gettime(CLOCK_REALTIME_COARSE, &now); /* stores the time as time(2) does */
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

/* Does nothing, because the process exits anyway, and unloading libraries takes longer than many programs. */
EXPORTED int dlclose(void *handle) {
    (void)handle;
    return 0;
}
