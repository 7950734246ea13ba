/* Runs the program once for each case of the payload. Before each case except the first, the runner removes everything that the
 * previous case left: processes, files (snapshot.c, restore.c), System V IPC objects (ipc.c). Limits and counters are reset. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "runner.h"

enum { KILL_ATTEMPTS = 3 };

/* The folders that a case may change, and their content before the first case. */
struct undo {
    struct strings places;
    struct snapshot snapshot;
    long sockets;
};

static void empty_queues(int64_t until_ns) {
    int fd = open("/dev/mqueue", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd >= 0)
        (void)folder_empty(fd, until_ns);
    close_fd(&fd);
}

/* Saves the files that the build left. Its IPC objects are removed and not restored, so that no case finds them. */
static int undo_prepare(struct undo *undo, const struct run_context *context) {
    const struct runner *runner = context->runner;
    undo->sockets = sockets_count();
    ipc_remove_all();
    empty_queues(context->total_end_ns);
    return places_find(&undo->places, runner->work_dir, "/proc/self/mountinfo") < 0
               ? -1
               : snapshot_take(&undo->snapshot, &undo->places, runner->cgroup.limit_bytes);
}

static void undo_free(struct undo *undo) {
    snapshot_free(&undo->snapshot);
    strings_free(&undo->places);
}

/* Opens the work dir again, because it may now be a new folder with the same path. */
static int work_dir_reopen(struct runner *runner) {
    int fd = open(runner->work_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0 || fchdir(fd) < 0) {
        close_fd(&fd);
        return -1;
    }
    close_fd(&runner->work_fd);
    runner->work_fd = fd;
    return 0;
}

/* Kills the processes of the previous case. Returns -1 with errno if one still runs. */
static int kill_rest(struct watch *watch) {
    struct child none = NO_CHILD;
    for (int i = 0; i < KILL_ATTEMPTS && reap(&none); i++)
        kill_all_and_wait(watch, &none);
    errno = EBUSY;
    return reap(&none) ? -1 : 0;
}

static int undo_case(const struct undo *undo, struct run_context *context) {
    if (kill_rest(&context->runner->watch) < 0 || sockets_wait(undo->sockets) < 0)
        return -1;
    ipc_remove_all();
    return snapshot_restore(&undo->snapshot, context->total_end_ns) < 0 ? -1 : work_dir_reopen(context->runner);
}

/* Removes the first line from `text` and returns it without trailing white space. */
static struct span next_line(struct span *text) {
    const char *newline = text->size == 0 ? NULL : memchr(text->data, '\n', text->size);
    struct span line = {text->data, newline == NULL ? text->size : (size_t)(newline - text->data)};
    size_t taken = line.size + (newline == NULL ? 0 : 1);
    text->data = text->size == 0 ? text->data : text->data + taken;
    text->size -= taken;
    while (line.size > 0 && strchr(" \t\r\v\f", line.data[line.size - 1]) != NULL && line.data[line.size - 1] != '\0')
        line.size--;
    return line;
}

bool output_matches(struct span output, struct span expected) {
    while (output.size > 0 || expected.size > 0) {
        struct span line = next_line(&output), wanted = next_line(&expected);
        if (line.size != wanted.size || (line.size > 0 && memcmp(line.data, wanted.data, line.size) != 0))
            return false;
    }
    return true;
}

static void compare(const struct test_case *test, struct result *result) {
    const struct capture *output = &result->steps[PHASE_RUN].output[STREAM_OUT];
    if (!test->has_expected)
        return;
    bool same = !output->truncated && output_matches((struct span){output->data, output->size}, test->expected);
    result->matched = same ? MATCHED : DIFFERENT;
}

/* Runs one case as a separate run, without a build. */
static void run_case(struct run_context *context, const struct test_case *test, struct result *result) {
    struct run_context one = *context;
    struct runner *runner = context->runner;
    struct usage before = cgroup_read(&runner->cgroup);
    struct cpu_mark cpu = cpu_mark(runner);
    one.result = result;
    one.payload.input = test->input;
    one.payload.args = test->args;
    one.payload.time_s = test->time_s;
    one.payload.output_bytes = test->output_bytes;
    one.limits = limits_stricter(context->limits, &one.payload);
    one.left_bytes = one.limits.output_bytes;
    one.start_ns = clock_ns();
    runner->watch.memory.oom_kills = before.oom_kills;
    (void)steps_run_program(&one);
    result->has_files = context->payload.has_outputs;
    if (result->has_files)
        outputs_find(&context->payload.outputs, runner->work_fd, &context->files_left, &result->files);
    result->cpu_ns = cpu_since(runner, cpu);
    result->peak_bytes = result->steps[PHASE_RUN].rss_bytes > 0 ? result->steps[PHASE_RUN].rss_bytes : -1;
    compare(test, result);
}

/* Sets the result of a case that cannot start. `error` is the reason, unless the total time limit was reached. */
static void refuse_case(const struct run_context *context, const struct test_case *test, struct result *result, int error) {
    struct step *step = &result->steps[PHASE_RUN];
    if (clock_ns() >= context->total_end_ns)
        step_set(step, TIMEOUT, "Total time limit of %g s exceeded before this case started", context->payload.total_s);
    else if (error == EFBIG || error == EMFILE)
        step_set(step, FAILED, "The build left too many or too large files to restore them for this case");
    else
        step_set(step, FAILED, "The runner cannot remove what the previous case left: %s", strerror(error));
    result->has_files = context->payload.has_outputs;
    result->peak_bytes = -1;
    compare(test, result);
}

/* Sets the outcome of the whole run: that of the first case that did not complete, or of the last case. */
static void summarize(struct result *result) {
    struct step *run = &result->steps[PHASE_RUN];
    const struct step *shown = NULL;
    int64_t duration_ns = 0;
    for (size_t i = 0; i < result->case_count; i++) {
        const struct step *step = &result->cases[i].steps[PHASE_RUN];
        duration_ns += step->duration_ns;
        if (shown == NULL || shown->outcome == COMPLETED)
            shown = step;
    }
    if (shown == NULL)
        return;
    *run = *shown;
    memset(run->output, 0, sizeof run->output);
    run->duration_ns = duration_ns;
}

static bool is_failure(const struct result *result) {
    return result->steps[PHASE_RUN].outcome != COMPLETED || result->matched == DIFFERENT;
}

void cases_run(struct run_context *context) {
    const struct payload *payload = &context->payload;
    struct result *result = context->result;
    struct undo undo = {.snapshot = {.content_fd = -1}};
    int error = payload->case_count == 1 || undo_prepare(&undo, context) == 0 ? 0 : errno;
    for (size_t i = 0; i < payload->case_count && !context->runner->watch.terminated; i++) {
        struct result *one = &result->cases[result->case_count++];
        if (i > 0 && error == 0 && undo_case(&undo, context) < 0)
            error = errno;
        if (error == 0 && clock_ns() < context->total_end_ns)
            run_case(context, &payload->cases[i], one);
        else
            refuse_case(context, &payload->cases[i], one, error);
        events_case(context->runner->events);
        if (payload->stops_on_failure && is_failure(one))
            break;
    }
    undo_free(&undo);
    summarize(result);
}
