/* A run from its payload to its result: checks, files, the steps, and what they cost. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "runner.h"

/* Reads the payload and checks it against this container. */
static int accept_payload(struct course *course, struct message *message) {
    const struct job *job = course->job;
    struct result *result = course->result;
    struct payload *payload = &course->payload;
    result->outcome = INVALID;
    if (payload_parse(payload, message->bytes, message->size, result->error, sizeof result->error) < 0)
        return -1;
    if (payload->language != NULL && job->language.name != NULL && !language_answers_to(&job->language, payload->language)) {
        result_set(result, INVALID, "language: this image's language is %s", job->language.name);
        return -1;
    }
    if (job->work_fd < 0 || (job->language.run == NULL && !command_is_shell(payload))) {
        result_set(result, FAILED, "%s", job->fault);
        return -1;
    }
    if (files_write(job->work_fd, payload, result->error, sizeof result->error) < 0) {
        result->outcome = errno == EROFS || errno == EACCES || errno == EPERM ? FAILED : INVALID;
        return -1;
    }
    course->limits = limits_stricter(job->limits, payload);
    course->left_bytes = course->limits.output_bytes;
    return 0;
}

static int64_t microseconds_ns(struct timeval time) {
    return (int64_t)time.tv_sec * 1000000000 + (int64_t)time.tv_usec * 1000;
}

/* What was spent by all that was waited for. */
static int64_t children_cpu_ns(void) {
    struct rusage usage;
    if (getrusage(RUSAGE_CHILDREN, &usage) < 0)
        return 0;
    return microseconds_ns(usage.ru_utime) + microseconds_ns(usage.ru_stime);
}

void job_warm_up(struct job *job) {
    struct strings argv = {0};
    struct strings variables = {0};
    const struct payload none = {0};
    const char *wanted = getenv("RUNONCE_WARM");
    const char *announced = getenv("RUNONCE_ANNOUNCE");
    job->announces = announced != NULL && strcmp(announced, "1") == 0;
    if (job->language.warm == NULL || job->work_fd < 0 || (wanted != NULL && strcmp(wanted, "0") == 0))
        return;
    /* Without memory for it there is none: the plain commands run. */
    if (language_expand(job->language.warm, &none, job->work_dir, &argv) == 0 &&
        command_environment(&job->language, NULL, &variables) == 0)
        warm_start(&job->warm, argv.items, variables.items);
    strings_free(&argv);
    strings_free(&variables);
}

void job_run(struct job *job, struct message *message, struct result *result) {
    struct course course = {.job = job, .result = result, .start_ns = clock_ns()};
    struct usage before = cgroup_read(&job->cgroup);
    int64_t children_before_ns = children_cpu_ns();
    job->watch.memory.cgroup = &job->cgroup;
    job->watch.memory.oom_kills = before.oom_kills;
    if (accept_payload(&course, message) == 0)
        steps_run(&course);
    warm_end(&job->warm, &job->watch);
    if (job->limits.answer_bytes > 0)
        result_fit(result, job->limits.answer_bytes);
    struct usage after = cgroup_read(&job->cgroup);
    result->peak_bytes = after.peak_bytes;
    result->cpu_ns = before.cpu_ns >= 0 && after.cpu_ns >= before.cpu_ns ? after.cpu_ns - before.cpu_ns
                                                                         : children_cpu_ns() - children_before_ns;
    payload_free(&course.payload);
}
