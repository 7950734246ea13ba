/* The runner: process 1 of a container that runs one program, once. It speaks the service's protocol:
 * one JSON object on stdin says what to run, one on stdout says what became of it.
 *
 * 1. Start. Not dumpable, so that the program, which has the same uid, can't look into it (/proc/1, ptrace(2));
 *    signals are blocked and read from a descriptor; the image's language.json is read and the work dir entered;
 *    the language's warm interpreter is started, if it has one (warm.c).
 * 2. receive.c waits for the payload: scan.c finds where its JSON ends, so that the client need not close its side.
 *    A client that goes away closes stdin: then there is nothing to run, and the container ends.
 * 3. hide.c puts the client's streams where no program can open them, until the answer.
 * 4. job.c checks the payload (payload.c) and writes the files (files.c); steps.c lets the warm interpreter become the
 *    program, or runs the build commands and the run command (commands.c, language.c), each by child.c: its own
 *    session, pipes, guard.c's system call filter.
 * 5. run.c feeds and drains one command, keeps the limits (one clock, one count of output bytes), and kills every
 *    process once the main one has ended: what is in the pipes by then is the output (output.c), also where the
 *    program took all memory (memory.c).
 * 6. result.c writes the answer, with what the cgroup counted (cgroup.c), as JSON (text.c); then the runner exits,
 *    and with it the container.
 *
 * Environment, all optional, none of it seen by the program:
 *   RUNONCE_TIME_LIMIT_MS   wall clock from the payload on, build included (8000)
 *   RUNONCE_BUILD_LIMIT_MS  wall clock from the payload on for the build (none of its own)
 *   RUNONCE_OUTPUT_LIMIT    bytes of stdout and stderr together, of build and run (65536; without the
 *                           variable the whole answer takes at most 100000 bytes as well, fit.c)
 *   RUNONCE_WORK_DIR        where the files go (the current folder if it can be written, else $HOME,
 *                           else the home of another user of our uid)
 *   RUNONCE_WARM            0: start no warm interpreter; for a payload that is on its way already
 *   RUNONCE_ANNOUNCE        1: write one newline to stdout as soon as nothing makes a payload wait any more: the warm
 *                           interpreter is ready, or died, or there is none. Left out if the payload comes before.
 * The runner never writes to stderr. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "runner.h"

#define LANGUAGE_FILE "/etc/runonce/language.json"

/* close_range(2), linux/close_range.h */
enum { CLOSE_ON_EXEC = 4 };

/* Nothing that this process holds may reach the program. */
static int shield(void) {
    if (syscall(SYS_close_range, 0, ~0U, CLOSE_ON_EXEC) < 0) /* kernels before 5.11 */
        for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
            if (fcntl(fd, F_SETFD, FD_CLOEXEC) < 0)
                return -1;
    return prctl(PR_SET_DUMPABLE, 0);
}

/* Gets ready for any payload. What is wrong here is told to the one who sends it. */
static void prepare(struct job *job) {
    job->limits = limits_from_environment();
    job->cgroup = cgroup_open("/sys/fs/cgroup", "/proc/self/cgroup");
    (void)language_load(&job->language, LANGUAGE_FILE, job->fault, sizeof job->fault); /* shell commands run without one */
    job->work_fd = work_dir_enter("/etc/passwd", &job->work_dir);
    if (job->work_fd < 0)
        (void)snprintf(job->fault, sizeof job->fault, "The runner has no work dir: %s", strerror(errno));
    job_warm_up(job);
}

static void answer(struct job *job, struct message *message, enum received received, struct result *result) {
    if (received == RECEIVED_NOTHING)
        result_set(result, INVALID, "There is no payload");
    else if (received == RECEIVED_TOO_MUCH)
        result_set(result, INVALID, "The payload is too large");
    else if (getpid() != RUNNER_PID)
        /* Only process 1 gets hold of every process that a program leaves behind. */
        result_set(result, FAILED, "The runner must be process 1 of its container");
    else
        job_run(job, message, result);
}

int main(void) {
    struct job job = {.work_fd = -1};
    struct message message = {0};
    struct result result = {.peak_bytes = -1};
    if (watch_open(&job.watch) < 0 || shield() < 0)
        return 1;
    prepare(&job);
    enum received received = message_receive(&message, &job);
    if (received == RECEIVED_END)
        return 0;
    int hidden_at = streams_hide();
    answer(&job, &message, received, &result);
    return streams_bring_back(hidden_at) == 0 && result_write(&result, STDOUT_FILENO) == 0 ? 0 : 1;
}
