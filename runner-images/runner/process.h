/* Processes: the guard, the cgroup's counters, children and their input and output, the warm interpreter.
 * Unless stated otherwise, functions return 0, or -1 with errno set. */
#ifndef PROCESS_H
#define PROCESS_H

#include <sys/types.h>

#include "payload.h"

/* The runner is the init process of its container. */
enum { RUNNER_PID = 1 };

/* ---- guard.c ---- */

/* Installs the guard for this process and its descendants. */
int guard_install(void);
/* Writes the filter that guard_install() installs. Returns its number of instructions. */
enum { GUARD_MOST_INSTRUCTIONS = 2048 };
struct sock_filter;
unsigned short guard_write(struct sock_filter *code);

/* ---- cgroup.c ---- */

/* Open files of our cgroup. A descriptor is -1 if the file does not exist. */
struct cgroup {
    int oom_fd;
    int cpu_fd;
    int peak_fd;
    int used_fd;
    /* The memory limit; -1: none. */
    int64_t limit_bytes;
    bool unified;
};

/* The values of the counters; -1 for one that cannot be read. */
struct usage {
    int64_t oom_kills;
    int64_t cpu_ns;
    int64_t peak_bytes;
};

/* root is /sys/fs/cgroup and self is /proc/self/cgroup; tests use recordings of them. */
struct cgroup cgroup_open(const char *root, const char *self);
struct usage cgroup_read(const struct cgroup *cgroup);
/* Bytes of memory left up to the limit, where memory that the kernel could reclaim counts as used. INT64_MAX if unknown. */
int64_t cgroup_free_bytes(const struct cgroup *cgroup);
void cgroup_close(struct cgroup *cgroup);

/* ---- child.c ---- */

/* A started command. A closed descriptor is -1. */
struct child {
    pid_t pid;
    int pid_fd;
    int input_fd;
    int output_fds[STREAMS];
    /* The control socket of a warm interpreter: warm.c. */
    int control_fd;
    /* The descriptor for input stays open when all of it is written, because more may follow. */
    bool holds_input;
    bool ended;
    int status;
    /* The largest memory of a process that was reaped, getrusage(2). */
    int64_t rss_bytes;
};

extern const struct child NO_CHILD;

/* Starts a command in its own session, under the guard, with pipes for stdin, stdout and stderr and no other descriptor. Before
 * the command starts, the pipe is filled with input. If input is NULL, nothing is written, and the command gets one end of a
 * socket pair as descriptor 3. */
int child_start(struct child *child, char *const argv[], char *const envp[], struct span *input);
/* The same, for an interactive run: more input may follow, and if there is a terminal, it is stdin, stdout and stderr. */
int child_start_interactive(struct child *child, char *const argv[], char *const envp[], struct span *input, struct terminal terminal);
/* Writes as much input as the pipe accepts. Closes the pipe when all input is written or the read end is closed. */
void child_feed(struct child *child, struct span *input);
void child_widen_pipes(const struct child *child);
void child_close(struct child *child);
/* Closes a descriptor unless it is -1, and sets it to -1. */
void close_fd(int *fd);

/* ---- memory.c ---- */

/* Memory for writing the result, reserved because the program may use all memory of the container. In a zeroed struct, the
 * cgroup is unknown. */
struct memory {
    const struct cgroup *cgroup;
    /* The cgroup's count when the payload arrived. */
    int64_t oom_kills;
    void *reserved;
};

/* Reserves memory that the result may need. memory_release() makes it available again. */
void memory_reserve(struct memory *memory);
void memory_release(struct memory *memory);
/* Whether the free memory may be insufficient for writing the result. */
bool memory_is_short(const struct memory *memory);
/* Whether the container has less free memory than this. */
bool memory_lacks(const struct memory *memory, int64_t bytes);
/* Whether the kernel's OOM killer has killed a process since the payload arrived. */
bool memory_ran_out(const struct memory *memory);

/* ---- watch.c ---- */

/* The events that the runner waits for. */
struct watch {
    int signal_fd;
    int timer_fd;
    struct memory memory;
    /* A SIGTERM came from outside the container: the runner ends without a result. */
    bool terminated;
};

int watch_open(struct watch *watch);
/* Reads pending signals and reaps dead children. */
void watch_signals(struct watch *watch, struct child *child);
/* Reaps all dead children, because each one counts towards the pids limit. Returns whether any children are left. */
bool reap(struct child *child);
/* Sends a signal to every other process. */
void signal_all(const struct child *child, int number);
/* Waits until no child is left or, with for_memory, until memory is no longer short. */
void wait_for_children(struct watch *watch, struct child *child, int most_ms, bool for_memory);
/* Kills every other process and waits until none is left, so that nothing writes or uses CPU time any more. */
void kill_all_and_wait(struct watch *watch, struct child *child);
int64_t clock_ns(void);

/* ---- io.c ---- */

enum ending { NOT_ENDED, ENDED_ITSELF, ENDED_BY_TIME, ENDED_BY_OUTPUT, ENDED_BY_IDLE, ENDED_BY_SIGTERM };

struct events;
struct io;

/* ---- interaction.c ---- */

/* The input of an interactive run, while it goes on. */
struct interaction {
    /* Our stdin. -1: it has ended. */
    int fd;
    struct terminal terminal;
    /* The program gets no more input. */
    bool ended;
    /* A line that is not complete. skips: it is too long. */
    char *line;
    size_t line_size;
    bool skips;
    /* What the program has not read: io.input is a part of it. */
    char *input;
    size_t capacity;
    /* The last byte of the input so far. */
    char last;
    int64_t idle_ns;
    /* When the last byte was read, of either side. */
    int64_t active_ns;
};

/* rest: bytes that were read after the payload. Returns NULL if there is no memory. */
struct interaction *interaction_new(int fd, const struct payload *payload, const char *rest, size_t rest_size);
void interaction_free(struct interaction *interaction);
/* From now on, lines are for this program. Does nothing for NULL. */
void interaction_start(struct interaction *interaction, struct io *io);
/* Whether to read more lines. */
bool interaction_reads(const struct io *io);
void interaction_read(struct io *io);
/* Writes as much input as the program takes now. */
void interaction_feed(struct io *io);

/* The input and output of a child while it runs. */
struct io {
    struct watch *watch;
    struct child *child;
    struct span input;
    struct capture *output;
    /* Number of bytes that the output limit still allows. */
    uint64_t *left_bytes;
    /* Output over the limit is read and dropped, and does not end the command: a build. */
    bool drops_excess;
    /* NULL: none are written. */
    struct events *events;
    /* NULL: the run is not interactive. */
    struct interaction *interaction;
};

/* Writes input and reads output until there is a reason to stop. NOT_ENDED: the control socket is readable.
 * deadline_ns is a time of CLOCK_MONOTONIC. */
enum ending io_pump(struct io *io, int64_t deadline_ns);
/* Reads all data in both pipes. Returns false if the output limit is exceeded. */
bool io_drain(struct io *io);
/* Kills every other process, reads the data in the pipes, and returns how the child ended. After a time limit, it first lets
 * programs flush their output. If another step follows, it waits until all processes have exited. After the last step, it waits
 * only if they hold memory that the result needs, because hundreds of processes take long and the container ends anyway. */
enum ending io_finish(struct io *io, enum ending ending, bool step_follows);

/* ---- warm.c ---- */

/* An interpreter that is started before the payload arrives. */
struct warm {
    enum { WARM_NONE, WARM_STARTING, WARM_READY } state;
    struct child child;
};

/* The messages of a warm interpreter on its control socket. */
enum warm_message {
    MESSAGE_NONE,
    MESSAGE_READY,
    MESSAGE_BUILT,
    MESSAGE_BUILD_FAILED,
    /* The socket is closed: the interpreter has become the program, or has died. */
    MESSAGE_CLOSED,
    /* Not a message of the protocol: the plain commands must run. */
    MESSAGE_UNKNOWN,
};

void warm_start(struct warm *warm, char *const argv[], char *const envp[]);
/* Reads one message. Sets *exit_code for MESSAGE_BUILD_FAILED. */
enum warm_message warm_read_message(struct child *child, int *exit_code);
/* Waits until the interpreter is ready, at most until until_ns. Stops it if it died or sent anything else. */
void warm_wait(struct warm *warm, struct watch *watch, int64_t until_ns);
void warm_stop(struct warm *warm, struct watch *watch);
/* Whether the warm interpreter can run a payload, instead of the plain commands. */
bool warm_can_run(const struct payload *payload);
/* Sends the file name and the arguments, so that the interpreter starts to build or run. */
int warm_send(struct child *child, const struct payload *payload);
/* Lets the interpreter continue after its build. */
int warm_continue(struct child *child);

#endif
