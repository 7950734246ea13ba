/* Processes: the guard, the cgroup's counters, children, what goes through them, the warm interpreter.
 * Functions return 0, or -1 with errno, unless they say otherwise. */
#ifndef PROCESS_H
#define PROCESS_H

#include <sys/types.h>

#include "payload.h"

/* The runner is its container's init. */
enum { RUNNER_PID = 1 };

/* ---- guard.c ---- */

/* Installs the guard for this process and its descendants. */
int guard_install(void);
/* Writes that filter. Returns how many instructions it has. */
enum { GUARD_MOST_INSTRUCTIONS = 2048 };
struct sock_filter;
unsigned short guard_write(struct sock_filter *code);

/* ---- cgroup.c ---- */

/* Open counters of our cgroup; -1 where there is none. */
struct cgroup {
    int oom_fd;
    int cpu_fd;
    int peak_fd;
    int used_fd;
    /* Of memory; -1 where there is none. */
    int64_t limit_bytes;
    bool unified;
};

/* What the counters say; -1 for one that can't be read. */
struct usage {
    int64_t oom_kills;
    int64_t cpu_ns;
    int64_t peak_bytes;
};

/* root is /sys/fs/cgroup and self /proc/self/cgroup, or recordings of them. */
struct cgroup cgroup_open(const char *root, const char *self);
struct usage cgroup_read(const struct cgroup *cgroup);
/* Bytes of memory up to the limit, what the kernel could take back counted as used; INT64_MAX where it doesn't say. */
int64_t cgroup_room(const struct cgroup *cgroup);
void cgroup_close(struct cgroup *cgroup);

/* ---- child.c ---- */

/* A started command. Descriptors are -1 when closed. */
struct child {
    pid_t pid;
    int pid_fd;
    int input_fd;
    int output_fds[STREAMS];
    /* To a warm interpreter; see warm.c. */
    int control_fd;
    bool ended;
    int status;
};

extern const struct child NO_CHILD;

/* Starts a command in a session of its own, guarded, with pipes for its stdin, stdout and stderr, and nothing else
 * open. What the pipe takes of its input is there before it starts. input is NULL: it waits for it, with one end of a
 * socket pair as descriptor 3. */
int child_start(struct child *child, char *const argv[], char *const envp[], struct span *input);
/* Writes what the pipe takes of the input now. Once all is written, or nobody reads, the program sees the end. */
void child_feed(struct child *child, struct span *input);
void child_widen_pipes(const struct child *child);
void child_close(struct child *child);
void child_close_input(struct child *child);
void child_close_control(struct child *child);

/* ---- memory.c ---- */

/* What the answer needs of the memory that the program may have taken. Zeroed, nothing is known of it. */
struct memory {
    const struct cgroup *cgroup;
    /* The cgroup's count when the payload came. */
    int64_t oom_kills;
    void *laid_by;
};

/* Takes memory that an answer may need; memory_give_back() leaves it to whoever asks next. */
void memory_lay_by(struct memory *memory);
void memory_give_back(struct memory *memory);
/* Whether an answer might not find what it needs. */
bool memory_is_short(const struct memory *memory);
/* Whether the kernel killed for want of memory since the payload came. */
bool memory_ran_out(const struct memory *memory);

/* ---- run.c ---- */

/* What the runner waits on all its life. */
struct watch {
    int signal_fd;
    int timer_fd;
    struct memory memory;
    /* A SIGTERM came from outside the container. */
    bool terminated;
};

int watch_open(struct watch *watch);
/* Reaps what died and takes pending signals. */
void watch_signals(struct watch *watch, struct child *child);

enum ending { NOT_ENDED, ENDED_ITSELF, ENDED_BY_TIME, ENDED_BY_OUTPUT, ENDED_BY_SIGTERM };

/* What goes through the runner while a child is at work. */
struct flow {
    struct watch *watch;
    struct child *child;
    struct span input;
    struct capture *output;
    /* What the output limit still allows. */
    uint64_t *left_bytes;
};

/* Feeds and drains the child until there is a reason to stop; NOT_ENDED: its control socket has something to read.
 * deadline_ns is of CLOCK_MONOTONIC. */
enum ending flow_attend(struct flow *flow, int64_t deadline_ns);
/* Takes what both pipes hold now. Returns false if it is more than the output limit allows. */
bool flow_drain(struct flow *flow);
/* Kills every other process and takes what the pipes hold. Returns the ending, or what it turned into. goes_on: another
 * step follows, so they have to be gone; after the last one nobody waits for hundreds of burials, as the container ends,
 * but for the memory that the dead still hold, where there is none for the answer. */
enum ending flow_finish(struct flow *flow, enum ending ending, bool goes_on);
/* Kills every process but ours and waits until none is left, so that nothing can write, or count, any more. */
void end_everything(struct watch *watch, struct child *child);
int64_t clock_ns(void);

/* ---- warm.c ---- */

/* An interpreter that was started before its program came. */
struct warm {
    enum { WARM_NONE, WARM_STARTING, WARM_READY } state;
    struct child child;
};

/* What a warm interpreter says over its control socket. */
enum warm_word {
    WARM_SAYS_NOTHING,
    WARM_IS_READY,
    WARM_HAS_BUILT,
    WARM_CANT_BUILD,
    /* It closed its end: it is the program now, or dead. */
    WARM_LEFT,
    /* Anything else: the plain commands have to do. */
    WARM_REFUSES,
};

void warm_start(struct warm *warm, char *const argv[], char *const envp[]);
/* Takes what it says; exit_code is set for WARM_CANT_BUILD. */
enum warm_word warm_hear(struct child *child, int *exit_code);
/* Ends it if it died, said what it must not, or isn't there at until_ns; waits for it until then. */
void warm_settle(struct warm *warm, struct watch *watch, int64_t until_ns);
void warm_end(struct warm *warm, struct watch *watch);
/* Whether a payload can be run by it, rather than by the plain commands. */
bool warm_takes(const struct payload *payload);
/* Sends the names: it starts. */
int warm_send(struct child *child, const struct payload *payload);
/* Lets it go on after its build. */
int warm_release(struct child *child);

#endif
