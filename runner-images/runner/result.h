/* The result of a run, and its events.
 * Unless stated otherwise, functions return 0, or -1 with errno set. */
#ifndef RESULT_H
#define RESULT_H

#include "files.h"

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
    /* The largest memory of one of its processes; 0: unknown. */
    int64_t rss_bytes;
};

/* Whether the output is what the case expects. */
enum matched { NOT_COMPARED, MATCHED, DIFFERENT };

struct result {
    struct step steps[PHASES];
    /* The step that the outcome is about: the last one that was started. The result shows this step's output. */
    enum phase phase;
    bool has_build;
    bool has_files;
    struct output_files files;
    /* The results of the payload's cases that were reached, or NULL if it has none. */
    struct result *cases;
    size_t case_count;
    enum matched matched;
    int64_t cpu_ns;
    /* -1: unknown. */
    int64_t peak_bytes;
    /* Whether the payload requests events, and whether they were written while the program ran. */
    bool has_streamed;
    bool streamed;
};

void step_set(struct step *step, enum outcome outcome, const char *format, ...) __attribute__((format(printf, 3, 4)));
/* For a step that cannot start because malloc(3) failed. Returns -1. */
int step_set_no_memory(struct step *step);
/* Describes a failure by the step's wait status: `Exit code: 3`, `Killed by signal SIGSEGV`. */
void step_set_failure(struct step *step, enum outcome outcome);
/* Writes the member `build`, with the comma before it. */
void build_write(struct writer *writer, const struct step *build);
/* Writes the result as one JSON object. */
void result_write_object(struct writer *writer, const struct result *result);
/* Writes the result to fd: one JSON object and a newline. */
int result_write(const struct result *result, int fd);

/* ---- events.c ---- */

enum { EVENTS_MOST_ITEMS = 16384 };

/* The events that have not been written yet. All functions except events_end() accept NULL. */
struct events {
    int fd;
    /* Events are also written while the program runs, and not only at the end. */
    bool live;
    /* A write to the descriptor would block. */
    bool blocked;
    /* There is not enough memory for the next event: it is written at the end, from the kept output. */
    bool deferred;
    bool failed;
    /* The captured output is the program's, and not that of a warm interpreter that may still be discarded. */
    bool started;
    const struct result *result;
    /* NULL: the memory is not checked. */
    const struct memory *memory;
    /* Offsets in the program's output: the ends of the parts that were taken from the list, and that were written. */
    size_t seen[STREAMS];
    size_t sent[STREAMS];
    /* A ring buffer. */
    uint32_t items[EVENTS_MOST_ITEMS];
    size_t first;
    size_t count;
    bool overflowed;
    size_t cases_ended;
    size_t cases_written;
    /* Number of bytes of the writer's memory that were written. */
    size_t written;
    struct writer writer;
};

/* Returns NULL if there is no memory. The result must stay at this address. */
struct events *events_new(int fd, bool live, const struct result *result);
/* Records that bytes were added to the captured output of the current step. */
void events_add(struct events *events, int stream, size_t size);
/* Drops the recorded output, because the program did not write it. */
void events_forget(struct events *events);
/* Marks the recorded output, and all output that follows, as the program's. */
void events_start(struct events *events);
/* The build has ended; its output was recorded and is in the build event. */
void events_build(struct events *events);
/* The last of the result's cases has ended. */
void events_case(struct events *events);
/* Writes without blocking. */
void events_write(struct events *events);
/* Writes everything that is left, and the result. */
int events_end(struct events *events);

/* ---- event_json.c: makes one event ---- */

/* The output that the next events are about: the program's, or that of a case. */
const struct capture *events_output(const struct events *events);
void write_output_event(struct events *events, int stream, const char *bytes, size_t size);
void write_build_event(struct events *events);
/* Writes the end of the output of a case, and its result. */
void write_case_event(struct events *events);
void write_result_event(struct events *events);

/* ---- truncate.c ---- */

/* Truncates the output so that the result takes at most this many bytes. */
void result_truncate(struct result *result, size_t most_bytes);

#endif
