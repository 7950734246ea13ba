/* The runner: process 1 of a container that runs one program once. It reads a payload, one JSON object, from stdin, and writes
 * the result, one JSON object, to stdout. docs/protocol.md describes both.
 *
 * 1. Start: the process becomes non-dumpable, so that the program, which has the same user ID, cannot inspect it (/proc/1,
 *    ptrace(2)). It blocks signals and reads them from a descriptor, reads the image's language.json, enters the work directory
 *    and starts the language's warm interpreter, if there is one (warm.c).
 * 2. receive.c waits for the payload. scan.c finds the end of its JSON, so the client does not have to close its side. If the
 *    client disconnects, stdin ends, there is nothing to run, and the container exits.
 * 3. stash_fds.c moves the client's streams to a place where no program can open them, until the result is written.
 * 4. run.c checks the payload (payload.c) and writes the files (files.c). steps.c turns the warm interpreter into the program
 *    (warm_steps.c), or runs the build commands and the run command (commands.c, language.c). child.c starts each command in its
 *    own session, with pipes and the guard's system call filter (guard.c). outcome.c determines the outcome of each step.
 * 5. io.c writes the input of a command, reads its output and enforces the limits: one clock and one count of output bytes for
 *    build and run. At the time limit, it sends SIGRTMAX, so that programs can flush their output. When the command ends, io.c
 *    kills every process. The output is what the pipes contain at this time (output.c), even if the program has used all memory
 *    (memory.c). outputs.c finds the files that the run returns. With cases, cases.c runs the program once for each case and
 *    undoes its changes between two cases. events.c writes events while a program runs, and interaction.c reads its input.
 * 6. result.c writes the result as JSON (json_writer.c), with the cgroup's counters (cgroup.c). The runner exits, which ends
 *    the container. After a SIGTERM from outside the container, it exits immediately without a result, because the engine
 *    stops the container and the program did not cause the end.
 *
 * Environment variables, all optional and hidden from the program:
 *   RUNONCE_TIME_LIMIT_MS   wall-clock time from the arrival of the payload, including the build (8000)
 *   RUNONCE_BUILD_LIMIT_MS  wall-clock time of the build from the arrival of the payload (no separate limit)
 *   RUNONCE_OUTPUT_LIMIT    bytes of stdout and stderr together, of build and run (65536; if the variable is not set,
 *                           the whole result is also limited to 100000 bytes, truncate.c)
 *   RUNONCE_CASES           maximum number of cases (100)
 *   RUNONCE_OUTPUT_FILES    maximum number of files that a run returns (32)
 *   RUNONCE_OUTPUT_FILES_SIZE   their maximum total size in bytes (8388608)
 *   RUNONCE_WORK_DIR        the folder for the files (default: the current folder if it is writable, else $HOME, else the home
 *                           of another user with the same user ID)
 *   RUNONCE_WARM            0: do not start the warm interpreter, for a container that gets its payload immediately
 *   RUNONCE_ANNOUNCE        1: write one newline to stdout when a payload can run immediately: the warm interpreter is ready,
 *                           has died, or does not exist. Not written if the payload arrives first.
 * The runner never writes to stderr. */
#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "runner.h"

#define LANGUAGE_FILE "/etc/runonce/language.json"
/* The exit code that a shell reports for a process that SIGTERM terminated. */
enum { EXIT_TERMINATED = 128 + SIGTERM };

/* Prevents the program from accessing the descriptors and memory of this process. */
static int protect_self(void) {
    if (syscall(SYS_close_range, 0, ~0U, CLOSE_RANGE_CLOEXEC) < 0) /* kernels before 5.11 */
        for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
            if (fcntl(fd, F_SETFD, FD_CLOEXEC) < 0)
                return -1;
    return prctl(PR_SET_DUMPABLE, 0);
}

/* Prepares the process for any payload. An error here becomes the result of the run. */
static void prepare(struct runner *runner) {
    runner->limits = limits_from_environment();
    runner->cgroup = cgroup_open("/sys/fs/cgroup", "/proc/self/cgroup");
    (void)stack_limit_set(stack_limit(runner->cgroup.limit_bytes)); /* best effort; programs inherit it */
    /* Shell commands run without the file. */
    (void)language_load(&runner->language, LANGUAGE_FILE, runner->setup_error, sizeof runner->setup_error);
    runner->work_fd = work_dir_enter("/etc/passwd", &runner->work_dir);
    if (runner->work_fd < 0)
        (void)snprintf(runner->setup_error, sizeof runner->setup_error, "The runner has no work dir: %s", strerror(errno));
    run_warm_up(runner);
}

static void make_result(struct runner *runner, struct message *message, enum received received, struct result *result) {
    struct step *run = &result->steps[PHASE_RUN];
    if (received == RECEIVED_NOTHING)
        step_set(run, INVALID, "There is no payload");
    else if (received == RECEIVED_TOO_MUCH)
        step_set(run, INVALID, "The payload is too large");
    else if (getpid() != RUNNER_PID)
        /* Only process 1 can kill every process that a program leaves behind. */
        step_set(run, FAILED, "The runner must be process 1 of its container");
    else
        run_payload(runner, message, result);
}

int main(void) {
    struct runner runner = {.work_fd = -1, .stash_fd = -1};
    struct message message = {0};
    struct result result = {.peak_bytes = -1};
    if (watch_open(&runner.watch) < 0 || protect_self() < 0)
        return 1;
    prepare(&runner);
    enum received received = message_receive(&message, &runner);
    if (received == RECEIVED_SIGTERM)
        return 0;
    runner.stash_fd = stash_fds();
    make_result(&runner, &message, received, &result);
    if (runner.watch.terminated)
        return EXIT_TERMINATED;
    if (restore_fds(runner.stash_fd) < 0)
        return 1;
    int written = runner.events != NULL ? events_end(runner.events) : result_write(&result, STDOUT_FILENO);
    return written == 0 ? 0 : 1;
}
