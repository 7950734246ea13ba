/* What the runner's files share: its types, and what each concern offers.
 * Functions return 0, or -1 with errno, unless they say otherwise. */
#ifndef RUNNER_H
#define RUNNER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <yyjson.h>

/* The runner is its container's init. */
enum { RUNNER_PID = 1 };

/* Bytes that belong to someone else; not NUL-terminated unless said. */
struct span {
    const char *data;
    size_t size;
};

/* ---- strings.c: lists for execve(2) ---- */

/* A NULL-terminated list of strings of its own. Zeroed, it is empty. */
struct strings {
    char **items;
    size_t count;
    size_t capacity;
};

int strings_add(struct strings *list, const char *text, size_t size);
int strings_addf(struct strings *list, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Sets NAME=value, in place of a former value. */
int strings_set_variable(struct strings *list, const char *name, const char *value);
void strings_free(struct strings *list);

/* ---- scan.c: where the payload ends ---- */

/* State of the search for the end of the first top-level JSON value. Zeroed, it is at the start. */
struct scan {
    uint64_t depth;
    bool started;
    bool in_string;
    bool escaped;
    bool ended;
};

/* Takes the next bytes. Returns how many of them belong to the value and the white space before it;
 * scan->ended tells whether the value ends there. */
size_t scan_bytes(struct scan *scan, const char *bytes, size_t size);

/* ---- text.c: the result's JSON ---- */

enum utf8 { UTF8_VALID, UTF8_INVALID, UTF8_PARTIAL };

/* Looks at the first sequence of bytes (size > 0) and sets *length to the character's length or, where it is none,
 * to that of its maximal subpart. UTF8_PARTIAL: the bytes end inside a character.
 * Source: Unicode Standard, table 3-7 and section 3.9, U+FFFD substitution of maximal subparts. */
enum utf8 utf8_next(const char *bytes, size_t size, size_t *length);
bool utf8_is_valid(const char *bytes, size_t size);
/* size without the bytes of an incomplete character at the end. */
size_t utf8_without_partial(const char *bytes, size_t size);

/* Writes to a descriptor through a buffer of its own: an answer must not depend on malloc(3). */
struct writer {
    int fd;
    bool failed;
    size_t used;
    char buffer[32768];
};

void write_bytes(struct writer *writer, const char *bytes, size_t size);
void write_text(struct writer *writer, const char *text);
void write_format(struct writer *writer, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* A JSON string; what is not UTF-8 becomes U+FFFD, one for each maximal subpart. */
void write_json_string(struct writer *writer, const char *bytes, size_t size);
void write_base64(struct writer *writer, const char *bytes, size_t size);
int write_flush(struct writer *writer);

/* ---- output.c: what a program writes ---- */

enum { STREAM_OUT, STREAM_ERR, STREAMS };

/* What was read from one stream, up to the output limit. */
struct capture {
    char *data;
    size_t size;
    size_t capacity;
    uint64_t read_bytes;
    bool truncated;
};

enum captured { CAPTURED, CAPTURED_NOTHING, CAPTURED_END, CAPTURED_TOO_MUCH };

/* Reads once from a non-blocking descriptor, *left_bytes (what the output limit still allows) at most; one byte
 * more is read to know that there is one. CAPTURED_NOTHING: nothing there now. CAPTURED_END: end of file. */
enum captured capture_read(struct capture *capture, int fd, uint64_t *left_bytes);
void capture_free(struct capture *capture);

/* ---- language.c: /etc/runonce/language.json ---- */

/* The image's own description; runner-images/languages/README.md has the fields. */
struct language {
    yyjson_doc *doc;
    const char *name;
    yyjson_val *aliases;
    yyjson_val *build;
    yyjson_val *run;
    yyjson_val *warm;
    yyjson_val *env;
};

/* -1 with a sentence in error where the file is absent or wrong. */
int language_load(struct language *language, const char *path, char *error, size_t error_size);
void language_free(struct language *language);
bool language_answers_to(const struct language *language, const char *name);

struct payload;
/* Expands the placeholders of one command, an argument list, and appends to argv. */
int language_expand(yyjson_val *command, const struct payload *payload, const char *work_dir, struct strings *argv);

/* ---- payload.c ---- */

struct file {
    const char *name;
    const char *content;
    size_t content_size;
    /* Written before under the same name. */
    bool repeated;
};

/* A checked payload. What it points to lives as long as its doc and the bytes it was read from. */
struct payload {
    yyjson_doc *doc;
    const char *language;
    struct file *files;
    size_t file_count;
    struct span input;
    const char *command;
    const char *run_command;
    yyjson_val *build_commands;
    yyjson_val *args;
    yyjson_val *env;
    /* 0 where the payload has none. */
    double time_s;
    double build_time_s;
    uint64_t output_bytes;
};

/* Reads a payload in place: bytes (of size) must have PAYLOAD_PADDING more behind them.
 * -1 with a sentence that names the field in error. */
enum { PAYLOAD_PADDING = 4 };
int payload_parse(struct payload *payload, char *bytes, size_t size, char *error, size_t error_size);
void payload_free(struct payload *payload);

/* ---- limits.c ---- */

struct limits {
    int64_t time_ns;
    int64_t build_time_ns;
    uint64_t output_bytes;
};

/* Limits as the container's environment has them, or the defaults. */
struct limits limits_from_environment(void);
/* The stricter of both. */
struct limits limits_stricter(struct limits limits, const struct payload *payload);

/* ---- files.c ---- */

/* Why a file's name is refused, or NULL. */
const char *file_name_fault(const char *name, size_t size);
/* Finds the work dir, enters it and sets *path (to be freed), and $HOME where that can't be written: the variable's,
 * the current folder, $HOME, or the home of a user of our uid in passwd. Returns its descriptor, or -1 with errno. */
int work_dir_enter(const char *passwd, char **path);
int files_write(int dir_fd, struct payload *payload, char *error, size_t error_size);

/* ---- guard.c ---- */

/* Refuses the calls that would change process 1, for this process and all that come from it.
 * -1 with errno where the kernel or the architecture has no filter. */
int guard_install(void);

/* ---- cgroup.c ---- */

/* Open counters of our cgroup; -1 where there is none. */
struct cgroup {
    int oom_fd;
    int cpu_fd;
    int peak_fd;
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
 * open; controlled: with one end of a socket pair as descriptor 3. */
int child_start(struct child *child, char *const argv[], char *const envp[], bool controlled);
void child_widen_pipes(const struct child *child);
void child_close(struct child *child);
void child_close_control(struct child *child);

/* ---- run.c ---- */

/* What the runner waits on all its life. */
struct watch {
    int signal_fd;
    int timer_fd;
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
/* Ends every other process and takes what the pipes still hold. Returns the ending, or what it turned into. */
enum ending flow_finish(struct flow *flow, enum ending ending);
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

/* ---- commands.c ---- */

/* The container's environment without the runner's own settings, the language's variables, then the payload's. */
int command_environment(const struct language *language, yyjson_val *program_env, struct strings *variables);
/* A shell command (a string) of the payload, or a command (a list) of the language. */
int command_build(yyjson_val *command, const struct payload *payload, const char *work_dir, struct strings *argv);
/* The command that runs the program, and its arguments. */
int command_run(const struct language *language, const struct payload *payload, const char *work_dir, struct strings *argv);
/* The build commands, a JSON array, or NULL. */
yyjson_val *command_builds(const struct language *language, const struct payload *payload);
bool command_is_shell(const struct payload *payload);

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
/* Writes the answer to fd, one JSON object and a newline. */
int result_write(const struct result *result, int fd);

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
    /* The cgroup's count when the payload came. */
    int64_t oom_kills;
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
