/* Processes: the guard, the cgroup's counters, children, and the events that the runner waits for.
 * Unless stated otherwise, functions return 0, or -1 with errno set. */
#ifndef PROCESS_H
#define PROCESS_H

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
/* Like child_start(), for an interactive run: more input may follow, and if there is a terminal, it is stdin, stdout
 * and stderr. */
int child_start_interactive(struct child *child, char *const argv[], char *const envp[], struct span *input, struct terminal terminal);
/* Writes as much input as the pipe accepts. Closes the pipe when all input is written or the read end is closed. */
void child_feed(struct child *child, struct span *input);
void child_widen_pipes(const struct child *child);
void child_close(struct child *child);
/* Closes a descriptor unless it is -1, and sets it to -1. Does not change errno. */
void close_fd(int *fd);

/* ---- memory.c ---- */

/* Memory for writing the result, reserved because the program may use all memory of the container. In a zeroed struct, the
 * cgroup is unknown. */
struct memory {
    const struct cgroup *cgroup;
    /* The cgroup's count of OOM kills when the payload arrived. */
    int64_t oom_kills;
    void *reserved;
};

/* Reserves memory that the result may need. memory_release() makes it available again. */
void memory_reserve(struct memory *memory);
void memory_release(struct memory *memory);
/* The interval between checks while memory is short. */
enum { MEMORY_CHECK_MS = 10 };
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
enum { NS_PER_S = 1000000000, NS_PER_MS = 1000000 };
/* The time of CLOCK_MONOTONIC. */
int64_t clock_ns(void);

#endif
