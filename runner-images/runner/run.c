/* One run: checks the payload, writes the files, runs the steps, and measures CPU time and memory. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "runner.h"

/* Prepares the results of the cases. With cases, each case returns its own files. */
static int prepare_cases(struct run_context *context) {
    const struct payload *payload = &context->payload;
    struct result *result = context->result;
    struct step *step = &result->steps[PHASE_RUN];
    result->has_files = payload->has_outputs && payload->cases == NULL;
    if (payload->cases == NULL)
        return 0;
    if (payload->case_count > context->runner->limits.cases) {
        step_set(step, INVALID, "cases: must not contain more than %zu cases", context->runner->limits.cases);
        return -1;
    }
    /* One more result, which stays empty, because the events read the result of the next case. */
    result->cases = calloc(payload->case_count + 1, sizeof *result->cases);
    return result->cases == NULL ? step_set_no_memory(step) : 0;
}

/* Opens the events. If the streams cannot stay in place while a program runs, they are stashed again. */
static int open_events(struct runner *runner, struct result *result) {
    int stash_fd = runner->stash_fd;
    runner->stash_fd = -1;
    bool live = restore_fds(stash_fd) == 0 && streams_are_protected();
    if (!live)
        runner->stash_fd = stash_fds();
    runner->events = events_new(STDOUT_FILENO, live, result);
    if (runner->events == NULL)
        return step_set_no_memory(&result->steps[PHASE_RUN]);
    runner->events->memory = &runner->watch.memory;
    result->has_streamed = true;
    result->streamed = runner->events->live;
    return 0;
}

static int open_interaction(struct run_context *context, const struct message *message) {
    struct runner *runner = context->runner;
    struct step *step = &context->result->steps[PHASE_RUN];
    if (!context->payload.interactive)
        return 0;
    if (!runner->events->live) {
        step_set(step, INVALID, "Interactive runs are not available with this container runtime");
        return -1;
    }
    const char *rest = message->bytes + message->size + PAYLOAD_PADDING;
    runner->interaction = interaction_new(STDIN_FILENO, &context->payload, rest, message->rest_size);
    return runner->interaction == NULL ? step_set_no_memory(step) : 0;
}

static int accept_payload(struct run_context *context, struct message *message) {
    struct runner *runner = context->runner;
    struct payload *payload = &context->payload;
    struct step *step = &context->result->steps[PHASE_RUN];
    step->outcome = INVALID;
    int parsed = payload_parse(payload, message->bytes, message->size, step->error, sizeof step->error);
    if ((payload->streams && open_events(runner, context->result) < 0) || parsed < 0)
        return -1;
    if (open_interaction(context, message) < 0 || prepare_cases(context) < 0)
        return -1;
    if (payload->language != NULL && runner->language.name != NULL && !language_matches(&runner->language, payload->language)) {
        step_set(step, INVALID, "language: this image's language is %s", runner->language.name);
        return -1;
    }
    if (runner->work_fd < 0 || (runner->language.run == NULL && !command_is_shell(payload))) {
        step_set(step, FAILED, "%s", runner->setup_error);
        return -1;
    }
    source_strip(&runner->language, payload);
    if (files_write(runner->work_fd, payload, step->error, sizeof step->error) < 0) {
        step->outcome = errno == EROFS || errno == EACCES || errno == EPERM ? FAILED : INVALID;
        return -1;
    }
    step->outcome = COMPLETED;
    context->limits = limits_stricter(runner->limits, payload);
    context->left_bytes = context->limits.output_bytes;
    if (runner->interaction != NULL)
        runner->interaction->idle_ns = context->limits.idle_ns;
    context->files_left = context->limits.files;
    context->total_end_ns = context->start_ns + context->limits.total_ns;
    return 0;
}

static int64_t timeval_ns(struct timeval time) {
    return (int64_t)time.tv_sec * NS_PER_S + (int64_t)time.tv_usec * 1000;
}

/* The CPU time of all children that were waited for. */
static int64_t children_cpu_ns(void) {
    struct rusage usage;
    if (getrusage(RUSAGE_CHILDREN, &usage) < 0)
        return 0;
    return timeval_ns(usage.ru_utime) + timeval_ns(usage.ru_stime);
}

void run_warm_up(struct runner *runner) {
    struct strings argv = {0};
    struct strings variables = {0};
    const struct payload none = {0};
    const char *warm = getenv("RUNONCE_WARM");
    const char *announce = getenv("RUNONCE_ANNOUNCE");
    runner->announces = announce != NULL && strcmp(announce, "1") == 0;
    if (runner->language.warm == NULL || runner->work_fd < 0 || (warm != NULL && strcmp(warm, "0") == 0))
        return;
    /* If there is no memory for the warm interpreter, the plain commands run. */
    if (language_expand(runner->language.warm, &none, runner->work_dir, &argv) == 0 &&
        command_environment(&runner->language, NULL, &variables) == 0)
        warm_start(&runner->warm, argv.items, variables.items);
    strings_free(&argv);
    strings_free(&variables);
}

struct cpu_mark cpu_mark(const struct runner *runner) {
    return (struct cpu_mark){cgroup_read(&runner->cgroup).cpu_ns, children_cpu_ns()};
}

int64_t cpu_since(const struct runner *runner, struct cpu_mark mark) {
    struct cpu_mark now = cpu_mark(runner);
    return mark.cgroup_ns >= 0 && now.cgroup_ns >= mark.cgroup_ns ? now.cgroup_ns - mark.cgroup_ns : now.children_ns - mark.children_ns;
}

void run_payload(struct runner *runner, struct message *message, struct result *result) {
    struct run_context context = {.runner = runner, .result = result, .start_ns = clock_ns()};
    struct cpu_mark before = cpu_mark(runner);
    runner->watch.memory.cgroup = &runner->cgroup;
    runner->watch.memory.oom_kills = cgroup_read(&runner->cgroup).oom_kills;
    if (accept_payload(&context, message) == 0) {
        steps_run(&context);
        if (result->has_files && result->phase == PHASE_RUN)
            outputs_find(&context.payload.outputs, runner->work_fd, &context.files_left, &result->files);
    }
    warm_stop(&runner->warm, &runner->watch);
    if (runner->limits.result_bytes > 0 && runner->events == NULL)
        result_truncate(result, runner->limits.result_bytes);
    result->peak_bytes = cgroup_read(&runner->cgroup).peak_bytes;
    result->cpu_ns = cpu_since(runner, before);
    interaction_free(runner->interaction);
    payload_free(&context.payload);
}
