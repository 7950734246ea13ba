/* A run from its payload to its result. Every source file of the runner includes this header.
 * Unless stated otherwise, functions return 0, or -1 with errno set. */
#ifndef RUNNER_H
#define RUNNER_H

#include "io.h"
#include "result.h"
#include "undo.h"

/* ---- receive.c ---- */

enum received { RECEIVED, RECEIVED_TOO_MUCH, RECEIVED_NOTHING, RECEIVED_SIGTERM };

/* What was read from stdin: a payload of this size, then PAYLOAD_PADDING bytes, then what was read after the payload. */
struct message {
    char *bytes;
    size_t size;
    size_t rest_size;
    size_t capacity;
};

struct runner;
/* Waits for the payload and reads it. RECEIVED_NOTHING: stdin ended without a payload. */
enum received message_receive(struct message *message, struct runner *runner);
/* Reads once from fd. Returns whether the message is complete, which it also is at the end of the file. */
bool message_read(struct message *message, struct scan *scan, int fd, enum received *received);

/* ---- stash_fds.c ---- */

/* Moves our stdin, stdout and stderr to where no other process can open them. Returns the descriptor that restore_fds() needs,
 * or -1 if they are still in place. */
int stash_fds(void);
int restore_fds(int stash_fd);
/* Whether the kernel keeps our streams from other processes with our user ID, so that they can stay in place. */
bool streams_are_protected(void);

/* ---- run.c ---- */

/* The state that main.c prepares before the payload arrives. */
struct runner {
    struct watch watch;
    struct cgroup cgroup;
    struct language language;
    struct warm warm;
    /* Write a newline to stdout when the warm interpreter is ready (RUNONCE_ANNOUNCE). */
    bool announces;
    struct limits limits;
    char *work_dir;
    int work_fd;
    /* See stash_fds(). */
    int stash_fd;
    /* NULL: the payload requests no events. */
    struct events *events;
    /* NULL: the run is not interactive. */
    struct interaction *interaction;
    /* The reason why this container cannot run programs; empty if it can. */
    char setup_error[256];
};

/* Starts the image's warm interpreter, if it has one. */
void run_warm_up(struct runner *runner);
/* Runs the payload in a message and fills in the result. */
void run_payload(struct runner *runner, struct message *message, struct result *result);

/* CPU time used so far, by the cgroup or by reaped children. */
struct cpu_mark {
    int64_t cgroup_ns;
    int64_t children_ns;
};

struct cpu_mark cpu_mark(const struct runner *runner);
/* Returns the CPU time since the mark. */
int64_t cpu_since(const struct runner *runner, struct cpu_mark mark);

struct run_context {
    struct runner *runner;
    struct payload payload;
    struct limits limits;
    struct result *result;
    /* The time when the run, or its current case, started. */
    int64_t start_ns;
    /* The time when the limit for the build and all cases together is reached. */
    int64_t total_end_ns;
    struct output_limits files_left;
    /* Number of bytes that the output limit still allows. Build and run share it. */
    uint64_t left_bytes;
};

/* ---- outcome.c ---- */

struct step *current_step(const struct run_context *context);
/* Returns the time when the current step has to end, a time of CLOCK_MONOTONIC. */
int64_t step_deadline_ns(const struct run_context *context);
/* Sets the outcome of the current step from its ending and wait status. Returns whether the step succeeded. */
bool step_classify(const struct run_context *context, enum ending ending);

/* ---- steps.c ---- */

/* Builds and runs the program, and sets the outcome. */
void steps_run(struct run_context *context);
/* Runs the run command only. */
bool steps_run_program(struct run_context *context);
/* The input and output of a child in the current step, without input. */
struct io step_io(struct run_context *context, struct child *child);
/* Stops the remaining processes of the current step and sets its outcome. Returns whether the step succeeded. */
bool step_end(const struct run_context *context, struct io *io, enum ending ending);
bool step_is_truncated(const struct step *step);
/* If the build exceeded the output limit, which build and run share, gives the program the whole limit again. */
void steps_renew_output_limit(struct run_context *context);

/* ---- warm_steps.c ---- */

/* Runs the payload with the warm interpreter. Returns false if the plain commands must run it. */
bool warm_steps_run(struct run_context *context);

/* ---- cases.c ---- */

/* Runs the program for each case of the payload. */
void cases_run(struct run_context *context);
/* Whether both texts are equal, except for white space at the end of lines and at the end of the text. */
bool output_matches(struct span output, struct span expected);

#endif
