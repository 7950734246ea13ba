/* Simulates a container without free memory with recordings of its cgroup. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "check.h"
#include "runner.h"

static const char FULL[] = "268435456\n";
static const char EMPTY[] = "1048576\n";

struct container {
    char folder[64];
    struct cgroup cgroup;
    struct watch watch;
};

static void write_file(const char *folder, const char *name, const char *text) {
    char path[128];
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    put_text(path, text);
}

static void contain(struct container *container, const char *used, const char *kills) {
    char self[80];
    *container = (struct container){.folder = ""};
    close(fresh_folder(container->folder));
    (void)snprintf(self, sizeof self, "%s/self", container->folder);
    write_file(container->folder, "self", "0::/\n");
    write_file(container->folder, "memory.events", kills);
    write_file(container->folder, "memory.current", used);
    write_file(container->folder, "memory.max", FULL);
    container->cgroup = cgroup_open(container->folder, self);
    EXPECT(watch_open(&container->watch) == 0);
    container->watch.memory = (struct memory){.cgroup = &container->cgroup};
}

static void discard(struct container *container) {
    memory_release(&container->watch.memory);
    cgroup_close(&container->cgroup);
    close(container->watch.signal_fd);
    close(container->watch.timer_fd);
}

/* Starts a process that exits after a while, like a killed process that still closes its files. */
static pid_t dying(int ms) {
    pid_t pid = fork();
    if (pid == 0) {
        struct timespec pause = {ms / 1000, ms % 1000 * 1000000L};
        (void)nanosleep(&pause, NULL);
        _exit(0);
    }
    return pid;
}

struct ran {
    struct capture output[STREAMS];
    enum ending ending;
    int64_t finish_ns;
};

/* Runs a script, next to a process that exits after other_ms. */
static struct ran run(struct container *container, const char *script, int other_ms) {
    struct ran ran = {0};
    struct child child;
    uint64_t left = 1 << 20;
    char *const argv[] = {(char *)"/bin/sh", (char *)"-c", (char *)script, NULL};
    struct io io = {.watch = &container->watch, .child = &child, .input = {"", 0}, .output = ran.output, .left_bytes = &left};
    EXPECT(child_start(&child, argv, environ, &io.input) == 0);
    ran.ending = io_pump(&io, clock_ns() + 20000000000);
    pid_t other = dying(other_ms);
    int64_t from_ns = clock_ns();
    ran.ending = io_finish(&io, ran.ending, false);
    ran.finish_ns = clock_ns() - from_ns;
    (void)waitpid(other, NULL, 0); /* io_finish() may have reaped it */
    return ran;
}

static void release(struct ran *ran) {
    capture_free(&ran->output[STREAM_OUT]);
    capture_free(&ran->output[STREAM_ERR]);
}

static void waits_for_killed_processes(void) {
    static const struct {
        const char *used;
        int other_ms, least_ms, most_ms;
    } CASES[] = {{FULL, 200, 190, 450}, {FULL, 2000, 490, 1500}, {EMPTY, 600, 0, 450}};
    for (size_t i = 0; i < COUNT(CASES); i++) {
        struct container container;
        contain(&container, CASES[i].used, "oom_kill 0\n");
        struct ran ran = run(&container, "echo kept", CASES[i].other_ms);
        int64_t ms = ran.finish_ns / 1000000;
        EXPECT_IN(ms >= CASES[i].least_ms && ms <= CASES[i].most_ms, "case %zu: %lld ms", i, (long long)ms);
        EXPECT_IN(is_text(ran.output[STREAM_OUT].data, ran.output[STREAM_OUT].size, "kept\n"), "case %zu", i);
        EXPECT_IN((container.watch.memory.reserved == NULL) == (CASES[i].used == FULL), "case %zu: reserved memory", i);
        release(&ran);
        discard(&container);
    }
}

/* Returns the duration of a run that writes more than fits into a pipe, so that the script waits until the output is read. */
static int64_t output_ms(const char *kills) {
    struct container container;
    contain(&container, FULL, kills);
    int64_t from_ns = clock_ns();
    struct ran ran = run(&container, "head -c 200000 /dev/zero; head -c 200000 /dev/zero", 0);
    int64_t ms = (clock_ns() - from_ns) / 1000000;
    EXPECT(ran.ending == ENDED_ITSELF && ran.output[STREAM_OUT].size == 400000);
    release(&ran);
    discard(&container);
    return ms;
}

/* After an OOM kill, the output is read only when the processes have exited or memory is free, or after half a
 * second. A busy machine can delay a run, but not all runs. */
static void delays_output(void) {
    enum { ATTEMPTS = 5, DELAYED_MS = 400 };
    int64_t least_ms = INT64_MAX;
    for (int i = 0; i < ATTEMPTS && least_ms >= DELAYED_MS; i++) {
        int64_t ms = output_ms("oom_kill 0\n");
        least_ms = ms < least_ms ? ms : least_ms;
    }
    EXPECT_IN(least_ms < DELAYED_MS, "%lld ms", (long long)least_ms);
    int64_t ms = output_ms("oom_kill 1\n");
    EXPECT_IN(ms >= DELAYED_MS, "%lld ms", (long long)ms);
}

static void reserved_once(void) {
    struct memory memory = {0};
    memory_reserve(&memory);
    void *at = memory.reserved;
    EXPECT(at != NULL);
    memory_reserve(&memory);
    EXPECT(memory.reserved == at);
    memory_release(&memory);
    memory_release(&memory);
    EXPECT(memory.reserved == NULL && !memory_is_short(&memory) && !memory_ran_out(&memory));
}

void memory_tests(void) {
    test("if memory is short, the runner waits at most half a second for killed processes", waits_for_killed_processes);
    test("after an OOM kill, output is read when memory is free or the processes have exited", delays_output);
    test("memory is reserved once and released once", reserved_once);
}
