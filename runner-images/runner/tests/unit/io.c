/* Tests of child processes and their input and output, with harmless programs on this machine. tests/container
 * contains the tests that need a container. */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"
#include "runner.h"

struct ran {
    struct child child;
    struct capture output[STREAMS];
    enum ending ending;
    int64_t took_ns;
};

static struct ran run(const char *script, struct span input, double seconds, uint64_t limit) {
    struct ran ran = {0};
    struct watch watch = {0};
    char *const argv[] = {(char *)"/bin/sh", (char *)"-c", (char *)script, NULL};
    EXPECT(watch_open(&watch) == 0);
    int64_t from_ns = clock_ns();
    struct io io = {.watch = &watch, .child = &ran.child, .input = input, .output = ran.output, .left_bytes = &limit};
    EXPECT(child_start(&ran.child, argv, environ, &io.input) == 0);
    ran.ending = io_finish(&io, io_pump(&io, from_ns + (int64_t)(seconds * 1e9)), true);
    ran.took_ns = clock_ns() - from_ns;
    close(watch.signal_fd);
    close(watch.timer_fd);
    return ran;
}

static void release(struct ran *ran) {
    capture_free(&ran->output[STREAM_OUT]);
    capture_free(&ran->output[STREAM_ERR]);
}

static const struct span NO_INPUT = {"", 0};

static void plain(void) {
    struct ran ran = run("cat; echo err >&2; exit 7", (struct span){"in\0put", 6}, 20, 100);
    EXPECT(ran.ending == ENDED_ITSELF && ran.child.ended && WEXITSTATUS(ran.child.status) == 7);
    EXPECT(ran.output[STREAM_OUT].size == 6 && memcmp(ran.output[STREAM_OUT].data, "in\0put", 6) == 0);
    EXPECT(is_text(ran.output[STREAM_ERR].data, ran.output[STREAM_ERR].size, "err\n"));
    release(&ran);
}

static void timeout(void) {
    struct ran ran = run("echo kept; trap '' 64; exec sleep 30", NO_INPUT, 1, 100);
    EXPECT(ran.ending == ENDED_BY_TIME && ran.child.ended && WTERMSIG(ran.child.status) == SIGKILL);
    EXPECT(ran.took_ns >= 1000000000 && ran.took_ns < 5000000000);
    EXPECT(is_text(ran.output[STREAM_OUT].data, ran.output[STREAM_OUT].size, "kept\n"));
    release(&ran);
}

static void flushed(void) {
    struct ran ran = run("trap 'echo flushed; exit 9' 64; echo kept; sleep 9 & wait", NO_INPUT, 1, 100);
    EXPECT(ran.ending == ENDED_BY_TIME && ran.child.ended && WEXITSTATUS(ran.child.status) == 9);
    EXPECT(is_text(ran.output[STREAM_OUT].data, ran.output[STREAM_OUT].size, "kept\nflushed\n"));
    release(&ran);
}

static void output_limit(void) {
    struct ran ran = run("printf 12345; printf 67890 >&2; exec sleep 30", NO_INPUT, 20, 8);
    EXPECT(ran.ending == ENDED_BY_OUTPUT && ran.took_ns < 10000000000);
    EXPECT(ran.output[STREAM_OUT].size + ran.output[STREAM_ERR].size == 8);
    EXPECT(ran.output[STREAM_OUT].truncated || ran.output[STREAM_ERR].truncated);
    release(&ran);
    ran = run("printf 123456789", NO_INPUT, 20, 8);
    EXPECT(ran.ending == ENDED_BY_OUTPUT && ran.output[STREAM_OUT].truncated);
    release(&ran);
    ran = run("printf 12345678", NO_INPUT, 20, 8);
    EXPECT(ran.ending == ENDED_ITSELF && !ran.output[STREAM_OUT].truncated);
    release(&ran);
}

static void much_both_ways(void) {
    size_t size = 1 << 20;
    char *bytes = malloc(size);
    memset(bytes, 'x', size);
    struct ran ran = run("cat", (struct span){bytes, size}, 60, 1 << 20);
    EXPECT(ran.ending == ENDED_ITSELF && ran.output[STREAM_OUT].size == size);
    EXPECT(memcmp(ran.output[STREAM_OUT].data, bytes, size) == 0);
    release(&ran);
    ran = run("exec <&-; echo done", (struct span){bytes, size}, 60, 100);
    EXPECT(ran.ending == ENDED_ITSELF && ran.output[STREAM_OUT].size == 5);
    release(&ran);
    ran = run("exec >&- 2>&-; exit 3", NO_INPUT, 60, 100);
    EXPECT(ran.ending == ENDED_ITSELF && WEXITSTATUS(ran.child.status) == 3);
    release(&ran);
    free(bytes);
}

static void missing_commands(void) {
    static const struct {
        const char *name, *error;
        int code;
    } COMMANDS[] = {{"runner-check-none", "runner-check-none: not found\n", 127}, {"/etc/passwd", "/etc/passwd: Permission denied\n", 126}};
    for (size_t i = 0; i < COUNT(COMMANDS); i++) {
        struct ran ran = {0};
        struct watch watch = {0};
        uint64_t limit = 100;
        char *const argv[] = {(char *)COMMANDS[i].name, NULL};
        struct io io = {.watch = &watch, .child = &ran.child, .input = NO_INPUT, .output = ran.output, .left_bytes = &limit};
        EXPECT(watch_open(&watch) == 0 && child_start(&ran.child, argv, environ, &io.input) == 0);
        ran.ending = io_finish(&io, io_pump(&io, clock_ns() + 20000000000), true);
        EXPECT(ran.ending == ENDED_ITSELF && WEXITSTATUS(ran.child.status) == COMMANDS[i].code);
        EXPECT_IN(is_text(ran.output[STREAM_ERR].data, ran.output[STREAM_ERR].size, COMMANDS[i].error), "%.*s",
                  (int)ran.output[STREAM_ERR].size, ran.output[STREAM_ERR].data);
        release(&ran);
        close(watch.signal_fd);
        close(watch.timer_fd);
    }
}

/* Under qemu-user the guard is not installed, and qemu itself changes which signals are ignored. */
#ifdef UNDER_QEMU
#define STATUS_LINES "SigBlk|NoNewPrivs"
static const char CLEAN[] = "0 1 2 3 SigBlk:0000000000000000NoNewPrivs:11000\n0 0 bytes\n";
#else
#define STATUS_LINES "SigBlk|SigIgn|NoNewPrivs|Seccomp"
static const char CLEAN[] = "0 1 2 3 SigBlk:0000000000000000SigIgn:0000000000000000NoNewPrivs:1Seccomp:21000\n1 1 bytes\n";
#endif

static void clean_child(void) {
    struct ran ran = run("ls /proc/self/fd | tr '\\n' ' '; grep -E '^(" STATUS_LINES "):' /proc/self/status | tr -d '\\t\\n';"
                         "cat /proc/self/oom_score_adj; ulimit -c 0; sed -n 's/^Max core file size *\\([0-9]*\\) */\\1 /p' /proc/self/limits | tr -s ' ' | sed 's/ $//'",
                         NO_INPUT, 20, 1000);
    /* ls itself has descriptor 3 open, for the folder. */
    EXPECT_IN(is_text(ran.output[STREAM_OUT].data, ran.output[STREAM_OUT].size, CLEAN), "%.*s",
              (int)ran.output[STREAM_OUT].size, ran.output[STREAM_OUT].data);
    release(&ran);
}

/* A program that reads without blocking must find its input at its start. */
static void input_is_there(void) {
    struct child child;
    struct watch watch = {0};
    struct span inputs[] = {{"early", 5}, {"", 0}};
    char *const argv[] = {(char *)"/bin/sh", (char *)"-c", (char *)"kill -STOP $$", NULL};
    EXPECT(watch_open(&watch) == 0);
    for (size_t i = 0; i < COUNT(inputs); i++) {
        EXPECT(child_start(&child, argv, environ, &inputs[i]) == 0);
        EXPECT_IN(inputs[i].size == 0 && child.input_fd == -1, "input %zu", i);
        kill_all_and_wait(&watch, &child);
        child_close(&child);
    }
    close(watch.signal_fd);
    close(watch.timer_fd);
}

#ifndef UNDER_QEMU
/* The guard refuses new filters, so a second guard cannot be installed. Returns the number of the failed check, or 0. */
static int guarded_twice(void) {
    static const char ERROR[] = "The runner's guard can't be installed: Invalid argument\n";
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 || guard_install() < 0)
        return 1;
    struct ran ran = run("echo ran", NO_INPUT, 20, 1000);
    bool failed = WIFEXITED(ran.child.status) && WEXITSTATUS(ran.child.status) == 126 && ran.output[STREAM_OUT].size == 0;
    bool reported = is_text(ran.output[STREAM_ERR].data, ran.output[STREAM_ERR].size, ERROR);
    release(&ran);
    return failed && reported ? 0 : 2;
}

static void no_guard_no_program(void) {
    expect_in_child(guarded_twice);
}
#endif

void io_tests(void) {
    test("a child receives its input, and its output and exit code are returned", plain);
    test("at the time limit, the child is killed and its output is kept", timeout);
#ifdef UNDER_QEMU
    (void)flushed; /* qemu-user keeps the last real-time signals for itself */
#else
    test("after the time limit, a program can write its buffered output", flushed);
#endif
    test("at the output limit, the child is killed and the start of its output is kept", output_limit);
    test("a program's input is available before it starts", input_is_there);
    test("a mebibyte is transferred in both directions, and a program may ignore its input", much_both_ways);
    test("a command that cannot be executed fails as in a shell", missing_commands);
#ifndef UNDER_QEMU
    test("no program starts without the guard, and an error is reported", no_guard_no_program);
#endif
    test("a child has three descriptors, default signal settings, the guard, and no core dumps", clean_child);
}
