/* The runner: process 1 of a container that runs one program, once. It speaks the service's protocol:
 * one JSON object on stdin says what to run, one on stdout says what became of it.
 *
 * 1. Start. Not dumpable, so that the program, which has the same uid, can't look into it (/proc/1, ptrace(2));
 *    signals are blocked and read from a descriptor; the image's language.json is read and the work dir entered.
 * 2. receive.c waits for the payload: scan.c finds where its JSON ends, so that the client need not close its side.
 *    If the client goes away before, the runner ends without a word.
 * 3. job.c writes the files (files.c), then runs the build commands and the run command (language.c), each by
 *    child.c: its own session, pipes, guard.c's system call filter.
 * 4. run.c feeds and drains one command, keeps the limits (one clock, one count of output bytes), and kills every
 *    process once the main one has ended: what is in the pipes by then is the output (output.c).
 * 5. result.c writes the answer, with what the cgroup counted (cgroup.c), as JSON (text.c); then the runner exits,
 *    and with it the container.
 *
 * Environment, all optional: RUNONCE_TIME_LIMIT_MS, RUNONCE_BUILD_LIMIT_MS, RUNONCE_OUTPUT_LIMIT (bytes),
 * RUNONCE_WORK_DIR. The program sees none of them. The runner never writes to stderr. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "runner.h"

#define LANGUAGE_FILE "/etc/runonce/language.json"

enum { RUNNER_PID = 1 };
/* close_range(2), linux/close_range.h */
enum { CLOSE_ON_EXEC = 4 };

/* Nothing that this process holds may reach the program. */
static int shield(void) {
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        while (fcntl(fd, F_GETFD) < 0)
            if (open("/dev/null", O_RDWR) < 0)
                return -1;
    if (syscall(SYS_close_range, 0, ~0U, CLOSE_ON_EXEC) < 0)
        for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
            if (fcntl(fd, F_SETFD, FD_CLOEXEC) < 0)
                return -1;
    return prctl(PR_SET_DUMPABLE, 0);
}

/* Gets ready for any payload. What is wrong here is told to the one who sends it. */
static void prepare(struct job *job) {
    job->work_fd = work_dir_enter(&job->work_dir);
    if (job->work_fd < 0) {
        snprintf(job->fault, sizeof job->fault, "The runner has no work dir: %s", strerror(errno));
        return;
    }
    (void)language_load(&job->language, LANGUAGE_FILE, job->fault, sizeof job->fault); /* commands run without one */
    job->limits = limits_from_environment();
    job->cgroup = cgroup_open("/sys/fs/cgroup", "/proc/self/cgroup");
}

int main(void) {
    struct job job = {.work_fd = -1};
    struct message message = {0};
    struct result result = {.peak_bytes = -1};
    if (shield() < 0 || watch_open(&job.watch) < 0)
        return 1;
    prepare(&job);
    switch (message_receive(&message, &job.watch)) {
    case RECEIVED_NOTHING:
        return 0;
    case RECEIVED_TOO_MUCH:
        result_set(&result, INVALID, "The payload is too large");
        break;
    case RECEIVED:
        /* Elsewhere, kill(-1) at a run's end would reach processes that are not the program's. */
        if (getpid() == RUNNER_PID)
            job_run(&job, &message, &result);
        else
            result_set(&result, FAILED, "The runner must be process 1 of its container");
    }
    return result_write(&result, STDOUT_FILENO) == 0 ? 0 : 1;
}
