/* Children and flows on this machine, harmless ones; what needs a container of its own is in tests/container. */
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
    struct flow flow = {&watch, &ran.child, input, ran.output, &limit};
    EXPECT(child_start(&ran.child, argv, environ, &flow.input) == 0);
    ran.ending = flow_finish(&flow, flow_attend(&flow, from_ns + (int64_t)(seconds * 1e9)), true);
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
    struct ran ran = run("echo kept; exec sleep 30", NO_INPUT, 0.2, 100);
    EXPECT(ran.ending == ENDED_BY_TIME && ran.child.ended && WTERMSIG(ran.child.status) == SIGKILL);
    EXPECT(ran.took_ns >= 200000000 && ran.took_ns < 5000000000);
    EXPECT(is_text(ran.output[STREAM_OUT].data, ran.output[STREAM_OUT].size, "kept\n"));
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
        struct flow flow = {&watch, &ran.child, NO_INPUT, ran.output, &limit};
        EXPECT(watch_open(&watch) == 0 && child_start(&ran.child, argv, environ, &flow.input) == 0);
        ran.ending = flow_finish(&flow, flow_attend(&flow, clock_ns() + 20000000000), true);
        EXPECT(ran.ending == ENDED_ITSELF && WEXITSTATUS(ran.child.status) == COMMANDS[i].code);
        EXPECT_IN(is_text(ran.output[STREAM_ERR].data, ran.output[STREAM_ERR].size, COMMANDS[i].error), "%.*s",
                  (int)ran.output[STREAM_ERR].size, ran.output[STREAM_ERR].data);
        release(&ran);
        close(watch.signal_fd);
        close(watch.timer_fd);
    }
}

/* Under qemu-user the guard is not installed, and which signals are ignored is qemu's own affair. */
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
    /* 3 is ls's own, of the folder. */
    EXPECT_IN(is_text(ran.output[STREAM_OUT].data, ran.output[STREAM_OUT].size, CLEAN), "%.*s",
              (int)ran.output[STREAM_OUT].size, ran.output[STREAM_OUT].data);
    release(&ran);
}

/* Whether it is there before the program is, who looks first of all and doesn't wait can tell. */
static void input_is_there(void) {
    struct child child;
    struct watch watch = {0};
    struct span inputs[] = {{"early", 5}, {"", 0}};
    char *const argv[] = {(char *)"/bin/sh", (char *)"-c", (char *)"kill -STOP $$", NULL};
    EXPECT(watch_open(&watch) == 0);
    for (size_t i = 0; i < COUNT(inputs); i++) {
        EXPECT(child_start(&child, argv, environ, &inputs[i]) == 0);
        EXPECT_IN(inputs[i].size == 0 && child.input_fd == -1, "input %zu", i);
        end_everything(&watch, &child);
        child_close(&child);
    }
    close(watch.signal_fd);
    close(watch.timer_fd);
}

#ifndef UNDER_QEMU
/* The guard refuses filters, and so a second one of its own. */
static int guarded_twice(void) {
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 || guard_install() < 0)
        return 1;
    struct ran ran = run("echo ran", NO_INPUT, 20, 1000);
    bool failed = WIFEXITED(ran.child.status) && WEXITSTATUS(ran.child.status) == 126 && ran.output[STREAM_OUT].size == 0;
    bool told = is_text(ran.output[STREAM_ERR].data, ran.output[STREAM_ERR].size, "The runner's guard can't be installed: Invalid argument\n");
    release(&ran);
    return failed && told ? 0 : 2;
}

static void no_guard_no_program(void) {
    int status = -1;
    pid_t pid = fork();
    if (pid == 0)
        _exit(guarded_twice());
    EXPECT(pid > 0 && waitpid(pid, &status, 0) == pid);
    EXPECT_IN(status == 0, "wait status %x", (unsigned)status);
}
#endif

void run_tests(void) {
    test("a child is fed and drained, and its exit code kept", plain);
    test("at the time limit the child ends and its output stays", timeout);
    test("at the output limit the child ends and the head stays", output_limit);
    test("what a program is to read is there before it starts", input_is_there);
    test("a mebibyte goes through in both directions, read or not", much_both_ways);
    test("a command that can't be executed says so as a shell does", missing_commands);
#ifndef UNDER_QEMU
    test("without the guard no program starts, and it says so", no_guard_no_program);
#endif
    test("a child has three descriptors, no signal set-up, the guard, and no core dumps", clean_child);
}
