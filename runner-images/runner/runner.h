/* A run from its payload to its answer; every file of the runner includes this.
 * Functions return 0, or -1 with errno, unless they say otherwise. */
#ifndef RUNNER_H
#define RUNNER_H

#include "process.h"

/* ---- receive.c ---- */

enum received { RECEIVED, RECEIVED_TOO_MUCH, RECEIVED_NOTHING, RECEIVED_END };

/* What came on stdin, with PAYLOAD_PADDING bytes of room behind it. */
struct message {
    char *bytes;
    size_t size;
    size_t capacity;
};

/* Waits for the payload and takes it. RECEIVED_NOTHING: stdin ended without one. RECEIVED_END: a SIGTERM came. */
struct job;
enum received message_receive(struct message *message, struct job *job);
/* Takes what one read from fd gives. Returns whether the message is complete; at the end of the file it is. */
bool message_read(struct message *message, struct scan *scan, int fd, enum received *received);

/* ---- hide.c ---- */

/* Puts our stdin, stdout and stderr where no other process can name them. Returns what streams_bring_back() wants;
 * -1: they are where they were. */
int streams_hide(void);
int streams_bring_back(int hidden_at);

/* ---- result.c ---- */

enum outcome { COMPLETED, FAILED, SIGNALED, TIMEOUT, OUTPUT_LIMIT, OUT_OF_MEMORY, BUILD_FAILED, INVALID };

/* What became of one step: its output, its wait status (waitpid(2)) where it has one, its wall time. */
struct step {
    struct capture output[STREAMS];
    bool has_status;
    int status;
    int64_t from_ns;
    int64_t duration_ns;
};

struct result {
    enum outcome outcome;
    char error[512];
    /* The run never came: what the build wrote is shown in its place. */
    bool folded;
    bool built;
    struct step build;
    struct step run;
    int64_t cpu_ns;
    /* -1 where the kernel doesn't say. */
    int64_t peak_bytes;
};

void result_set(struct result *result, enum outcome outcome, const char *format, ...) __attribute__((format(printf, 3, 4)));
/* Words a failure from a wait status: `Exit code: 3`, `Killed by signal SIGSEGV`. */
void result_set_status(struct result *result, enum outcome outcome, int status);
/* Cuts the output so that the answer takes at most so many bytes: fit.c. */
void result_fit(struct result *result, size_t most_bytes);
/* Writes the answer to fd, one JSON object and a newline. */
int result_write(const struct result *result, int fd);

/* ---- what a run needs, job.c and steps.c ---- */

/* All that a run needs; filled by main.c before the payload comes. */
struct job {
    struct watch watch;
    struct cgroup cgroup;
    struct language language;
    struct warm warm;
    /* Tell the client, by a newline, when the warm interpreter is there (RUNONCE_ANNOUNCE). */
    bool announces;
    struct limits limits;
    char *work_dir;
    int work_fd;
    /* Why this container can't run anything; empty where it can. */
    char fault[256];
};

/* What one run knows beside its job. */
struct course {
    struct job *job;
    struct payload payload;
    struct limits limits;
    struct result *result;
    int64_t start_ns;
    /* Of the output limit: one for build and run. */
    uint64_t left_bytes;
};

/* ---- steps.c ---- */

/* Builds and runs the program, and says in the result what became of it. */
void steps_run(struct course *course);

/* ---- job.c ---- */

/* Starts the image's warm interpreter, if it has one. */
void job_warm_up(struct job *job);

/* Runs what a message asks for, and fills in the result. */
void job_run(struct job *job, struct message *message, struct result *result);

#endif
