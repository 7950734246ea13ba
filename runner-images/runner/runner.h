/* A run from its payload to its result. Every source file of the runner includes this header.
 * Unless stated otherwise, functions return 0, or -1 with errno set. */
#ifndef RUNNER_H
#define RUNNER_H

#include "process.h"

/* ---- receive.c ---- */

enum received { RECEIVED, RECEIVED_TOO_MUCH, RECEIVED_NOTHING, RECEIVED_SIGTERM };

/* The data that was read from stdin. The buffer has at least PAYLOAD_PADDING bytes after it. */
struct message {
    char *bytes;
    size_t size;
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

/* ---- outputs.c ---- */

/* A file that the run returns. */
struct output_file {
    char *name;
    uint64_t size;
    /* -1: without content. */
    int fd;
    /* Why it cannot be returned, or NULL. */
    const char *error;
};

struct output_files {
    struct output_file *items;
    size_t count;
    size_t capacity;
};

/* Finds the files that match, in name order, and opens those that are left to be returned. No process of the program may run. */
void outputs_find(const struct globs *globs, int dir_fd, struct output_limits *left, struct output_files *files);

/* ---- output_files.c ---- */

/* Writes the member `files`. */
void output_files_write(struct writer *writer, const struct output_files *files);
void output_files_free(struct output_files *files);

/* ---- result.c ---- */

enum outcome { COMPLETED, FAILED, SIGNALED, TIMEOUT, OUTPUT_LIMIT, OUT_OF_MEMORY, BUILD_FAILED, INVALID };
enum phase { PHASE_RUN, PHASE_BUILD, PHASES };

/* One step, the build or the run: how it ended, its output, its wait status (waitpid(2)) if it has one, its wall time. */
struct step {
    enum outcome outcome;
    char error[512];
    struct capture output[STREAMS];
    bool has_status;
    int status;
    int64_t start_ns;
    int64_t duration_ns;
};

struct result {
    struct step steps[PHASES];
    /* The step that the outcome is about: the last one that was started. The result shows this step's output. */
    enum phase phase;
    bool has_build;
    bool has_files;
    struct output_files files;
    int64_t cpu_ns;
    /* -1: unknown. */
    int64_t peak_bytes;
};

void step_set(struct step *step, enum outcome outcome, const char *format, ...) __attribute__((format(printf, 3, 4)));
/* Describes a failure by the step's wait status: `Exit code: 3`, `Killed by signal SIGSEGV`. */
void step_set_failure(struct step *step, enum outcome outcome);
/* Writes the result to fd: one JSON object and a newline. */
int result_write(const struct result *result, int fd);

/* ---- truncate.c ---- */

/* Truncates the output so that the result takes at most this many bytes. */
void result_truncate(struct result *result, size_t most_bytes);

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
    /* The reason why this container cannot run programs; empty if it can. */
    char setup_error[256];
};

/* Starts the image's warm interpreter, if it has one. */
void run_warm_up(struct runner *runner);
/* Runs the payload in a message and fills in the result. */
void run_payload(struct runner *runner, struct message *message, struct result *result);

/* One run. */
struct run_context {
    struct runner *runner;
    struct payload payload;
    struct limits limits;
    struct result *result;
    int64_t start_ns;
    struct output_limits files_left;
    /* Number of bytes that the output limit still allows. Build and run share it. */
    uint64_t left_bytes;
};

/* ---- outcome.c ---- */

struct step *current_step(const struct run_context *context);
/* The time limit of the current step, from the start of the run. */
int64_t step_limit_ns(const struct run_context *context);
/* Sets the outcome of the current step from its ending and wait status. Returns whether the step succeeded. */
bool step_classify(const struct run_context *context, enum ending ending);

/* ---- steps.c ---- */

/* Builds and runs the program, and sets the outcome. */
void steps_run(struct run_context *context);

#endif
