/* The input and output of a program, and the warm interpreter.
 * Unless stated otherwise, functions return 0, or -1 with errno set. */
#ifndef IO_H
#define IO_H

#include "process.h"

/* ---- io.c ---- */

enum ending { NOT_ENDED, ENDED_ITSELF, ENDED_BY_TIME, ENDED_BY_OUTPUT, ENDED_BY_IDLE, ENDED_BY_SIGTERM };

struct events;
struct interaction;

/* The input and output of a child while it runs. */
struct io {
    struct watch *watch;
    struct child *child;
    struct span input;
    struct capture *output;
    /* Number of bytes that the output limit still allows. */
    uint64_t *left_bytes;
    /* Output over the limit does not end the command, but is read and dropped. This applies to a build. */
    bool drops_excess;
    /* NULL: no events are written. */
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
 * only if they hold memory that the result needs, because hundreds of processes take long to exit and the container
 * ends anyway. */
enum ending io_finish(struct io *io, enum ending ending, bool step_follows);

/* ---- interaction.c ---- */

/* The input of an interactive program while it runs. */
struct interaction {
    /* The runner's stdin, or -1 if it has ended. */
    int fd;
    struct terminal terminal;
    /* The program gets no more input. */
    bool ended;
    /* An incomplete line. If `skips` is set, the line was too long, and the rest of it is dropped. */
    char *line;
    size_t line_size;
    bool skips;
    /* The input that the program has not read. io.input is a part of it. */
    char *input;
    size_t capacity;
    /* The last byte of the input so far. */
    char last;
    int64_t idle_ns;
    /* The time when the last byte was read from the client or from the program. */
    int64_t active_ns;
};

/* `rest` contains the bytes that were read after the payload. Returns NULL if there is no memory or `rest` is longer
 * than a line. */
struct interaction *interaction_new(int fd, const struct payload *payload, const char *rest, size_t rest_size);
void interaction_free(struct interaction *interaction);
/* Passes the lines to this program from now on. Does nothing if `interaction` is NULL. */
void interaction_start(struct interaction *interaction, struct io *io);
/* Whether to read more lines. */
bool interaction_reads(const struct io *io);
void interaction_read(struct io *io);
/* Writes as much input as the program accepts now. */
void interaction_feed(struct io *io);

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
/* Waits until the interpreter is ready, at most until until_ns. Stops the interpreter if it died or sent anything else. */
void warm_wait(struct warm *warm, struct watch *watch, int64_t until_ns);
void warm_stop(struct warm *warm, struct watch *watch);
/* Whether the warm interpreter can run a payload, instead of the plain commands. */
bool warm_can_run(const struct payload *payload);
/* Sends the file name and the arguments, so that the interpreter starts to build or run. */
int warm_send(struct child *child, const struct payload *payload);
/* Lets the interpreter continue after its build. */
int warm_continue(struct child *child);

#endif
