/* A library that LD_PRELOAD loads into the warm Ruby, for tasks that warm.rb cannot perform. Ruby opens its script
 * before it loads its own libraries, when the program has not arrived yet. The library opens a placeholder instead,
 * and warm.rb replaces it by the program. The program cannot observe these changes: the runner's descriptor has a
 * higher number than those that Ruby opens, the variables are removed from the environment, and warm.rb is removed
 * from $LOADED_FEATURES. */
#include <dlfcn.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

#include "preload.h"

#define EXPORTED __attribute__((visibility("default")))

/* warm.rb uses the same value of KEPT_FD. */
enum { RUNNER_FD = 3, KEPT_FD = 64 };
/* The number of the read call on the script after which Ruby parses it. The first call reads one byte. */
enum { PARSING_READ = 2 };

static const char SCRIPT[] = "main.rb";
static const char PLACEHOLDER[] = "/opt/runonce/language/warm/placeholder.rb";
static const char *const OURS[] = {"LD_PRELOAD", "RUBYOPT"};
static char *variables[sizeof OURS / sizeof OURS[0]];

static int script_fd = -1;
static int script_reads;

__attribute__((constructor)) static void start(void) {
    for (size_t i = 0; i < sizeof OURS / sizeof OURS[0]; i++)
        variables[i] = variable_find(OURS[i]);
    if (dup3(RUNNER_FD, KEPT_FD, O_CLOEXEC) >= 0)
        (void)close(RUNNER_FD);
}

static void forget_variables(void) {
    for (size_t i = 0; i < sizeof OURS / sizeof OURS[0]; i++) {
        (void)unsetenv(OURS[i]);
        variable_wipe(variables[i]);
    }
}

EXPORTED int open(const char *path, int flags, ...) {
    int (*real)(const char *, int, ...) = (__typeof__(real))dlsym(RTLD_NEXT, "open");
    va_list arguments;
    va_start(arguments, flags);
    mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(arguments, mode_t) : 0;
    va_end(arguments);
    if (script_fd >= 0 || strcmp(path, SCRIPT) != 0)
        return real(path, flags, mode);
    forget_variables();
    return script_fd = real(PLACEHOLDER, flags, mode);
}

/* Ruby adds a file to $LOADED_FEATURES after the file has run, so warm.rb cannot remove itself. */
static void *forget_feature(void *unused) {
    unsigned long (*evaluate)(const char *) = (__typeof__(evaluate))dlsym(RTLD_DEFAULT, "rb_eval_string");
    (void)evaluate("$LOADED_FEATURES.pop if $LOADED_FEATURES.last.end_with?('/warm/warm.rb')");
    return unused;
}

static void before_parsing(void) {
    int (*has_gvl)(void) = (__typeof__(has_gvl))dlsym(RTLD_DEFAULT, "ruby_thread_has_gvl_p");
    void *(*with_gvl)(void *(*)(void *), void *) = (__typeof__(with_gvl))dlsym(RTLD_DEFAULT, "rb_thread_call_with_gvl");
    if (has_gvl())
        (void)forget_feature(NULL);
    else
        (void)with_gvl(forget_feature, NULL);
}

EXPORTED ssize_t read(int fd, void *data, size_t size) {
    static ssize_t (*real)(int, void *, size_t);
    if (real == NULL)
        real = (__typeof__(real))dlsym(RTLD_NEXT, "read");
    if (fd == script_fd && script_reads < PARSING_READ && ++script_reads == PARSING_READ)
        before_parsing();
    return real(fd, data, size);
}
