/* A run from its payload to its outcome: files, build commands, run command. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "runner.h"

static const double NS_PER_S = 1e9;
static const char RUNNER_PREFIX[] = "RUNONCE_";

/* What one run knows beside its job. */
struct course {
    struct job *job;
    struct payload payload;
    struct limits limits;
    struct result *result;
    int64_t start_ns;
    int64_t oom_kills;
    uint64_t left_bytes;
};

static int add_variables(struct strings *variables, yyjson_val *object) {
    size_t index, count;
    yyjson_val *key, *value;
    yyjson_obj_foreach(object, index, count, key, value) {
        if (strings_set_variable(variables, yyjson_get_str(key), yyjson_get_str(value)) < 0)
            return -1;
    }
    return 0;
}

/* The container's environment without our own settings, the language's variables, then the payload's. */
static int make_environment(const struct course *course, yyjson_val *program_env, struct strings *variables) {
    for (char **variable = environ; *variable != NULL; variable++) {
        if (strncmp(*variable, RUNNER_PREFIX, sizeof RUNNER_PREFIX - 1) == 0)
            continue;
        if (strings_addf(variables, "%s", *variable) < 0)
            return -1;
    }
    return add_variables(variables, course->job->language.env) < 0 ? -1 : add_variables(variables, program_env);
}

static int add_arguments(const struct course *course, struct strings *argv) {
    size_t index, count;
    yyjson_val *argument;
    yyjson_arr_foreach(course->payload.args, index, count, argument) {
        if (strings_add(argv, yyjson_get_str(argument), yyjson_get_len(argument)) < 0)
            return -1;
    }
    return 0;
}

/* `sh -c command sh`, so that arguments after it are $1 and on. */
static int shell_command(const char *command, struct strings *argv) {
    const char *const words[] = {"/bin/sh", "-c", command, "sh"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strings_addf(argv, "%s", words[i]) < 0)
            return -1;
    return 0;
}

static bool runs_by_shell(const struct payload *payload) {
    return payload->command != NULL || payload->run_command != NULL;
}

/* A shell command (a string) of the payload, or a command (a list) of the language. */
static int build_command(const struct course *course, yyjson_val *command, struct strings *argv) {
    if (yyjson_is_str(command))
        return shell_command(yyjson_get_str(command), argv);
    return language_expand(command, &course->payload, course->job->work_dir, argv);
}

static int run_command(const struct course *course, struct strings *argv) {
    const struct payload *payload = &course->payload;
    int made = runs_by_shell(payload)
                   ? shell_command(payload->command != NULL ? payload->command : payload->run_command, argv)
                   : language_expand(course->job->language.run, payload, course->job->work_dir, argv);
    return made < 0 ? -1 : add_arguments(course, argv);
}

/* V1's command stands alone, as glot has it: it says itself what is to be built. */
static yyjson_val *build_commands(const struct course *course) {
    if (course->payload.command != NULL)
        return NULL;
    return course->payload.run_command != NULL ? course->payload.build_commands : course->job->language.build;
}

static bool oom_killed(const struct course *course) {
    return course->oom_kills >= 0 && cgroup_read(&course->job->cgroup).oom_kills > course->oom_kills;
}

/* Puts an ending into the result's words. Returns whether the step succeeded. */
static bool judge(struct course *course, enum ending ending, const struct step *step, bool building, double limit_s) {
    struct result *result = course->result;
    bool own_limit = building && course->limits.build_time_ns < course->limits.time_ns;
    switch (ending) {
    case ENDED_BY_TIME:
        result_set(result, TIMEOUT, "%s limit of %g s exceeded", own_limit ? "Build time" : "Time", limit_s);
        return false;
    case ENDED_BY_OUTPUT:
        result_set(result, OUTPUT_LIMIT, "Output limit of %llu bytes exceeded", (unsigned long long)course->limits.output_bytes);
        return false;
    case ENDED_BY_SIGTERM:
        result_set(result, SIGNALED, "Killed by signal SIGTERM");
        return false;
    case ENDED_ITSELF:
        break;
    }
    if (WIFEXITED(step->status) && WEXITSTATUS(step->status) == 0)
        return true;
    if (oom_killed(course))
        result_set(result, OUT_OF_MEMORY, "Out of memory");
    else
        result_set_status(result, building ? BUILD_FAILED : WIFSIGNALED(step->status) ? SIGNALED : FAILED, step->status);
    return false;
}

/* Runs one command to its end. Returns whether it succeeded; if not, the result says why. */
static bool take_step(struct course *course, const struct strings *argv, const struct strings *variables, struct step *step,
                      bool building) {
    struct child child;
    struct span input = building ? (struct span){NULL, 0} : course->payload.input;
    int64_t limit_ns = course->limits.time_ns;
    if (building && course->limits.build_time_ns < limit_ns)
        limit_ns = course->limits.build_time_ns;
    int64_t from_ns = clock_ns();
    if (child_start(&child, argv->items, variables->items) < 0) {
        result_set(course->result, FAILED, "The runner can't start a process: %s", strerror(errno));
        return false;
    }
    enum ending ending = run_step(&course->job->watch, &child, input, course->start_ns + limit_ns, step->output, &course->left_bytes);
    step->duration_ns += clock_ns() - from_ns;
    step->has_status = child.ended;
    /* Killed by us in its name: a signal's number alone is the wait status of a death by it, wait(2). */
    step->status = ending == ENDED_BY_SIGTERM ? SIGTERM : child.status;
    return judge(course, ending, step, building, (double)limit_ns / NS_PER_S);
}

/* Makes a command and its environment, and runs it; command is NULL for the run command. */
static bool perform(struct course *course, yyjson_val *command) {
    struct strings argv = {0};
    struct strings variables = {0};
    bool building = command != NULL;
    bool succeeded = false;
    int made = building ? build_command(course, command, &argv) : run_command(course, &argv);
    if (made < 0 || make_environment(course, building ? NULL : course->payload.env, &variables) < 0)
        result_set(course->result, FAILED, "The runner has no memory left");
    else
        succeeded = take_step(course, &argv, &variables, building ? &course->result->build : &course->result->run, building);
    strings_free(&argv);
    strings_free(&variables);
    return succeeded;
}

static bool build(struct course *course) {
    size_t index, count;
    yyjson_val *command;
    yyjson_arr_foreach(build_commands(course), index, count, command) {
        course->result->built = true;
        if (perform(course, command))
            continue;
        course->result->folded = true;
        return false;
    }
    return true;
}

/* Reads the payload and checks it against this container. */
static int accept_payload(struct course *course, struct message *message) {
    struct job *job = course->job;
    struct result *result = course->result;
    struct payload *payload = &course->payload;
    result->outcome = INVALID;
    if (payload_parse(payload, message->bytes, message->size, result->error, sizeof result->error) < 0)
        return -1;
    if (payload->language != NULL && job->language.name != NULL && !language_answers_to(&job->language, payload->language)) {
        result_set(result, INVALID, "language: this image's language is %s", job->language.name);
        return -1;
    }
    if (job->work_fd < 0 || (job->language.run == NULL && !runs_by_shell(payload))) {
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

static int64_t children_cpu_ns(void) {
    struct rusage usage;
    if (getrusage(RUSAGE_CHILDREN, &usage) < 0)
        return 0;
    return (int64_t)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000000000 +
           (int64_t)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1000;
}

void job_run(struct job *job, struct message *message, struct result *result) {
    struct course course = {.job = job, .result = result, .start_ns = clock_ns()};
    struct usage before = cgroup_read(&job->cgroup);
    int64_t children_before_ns = children_cpu_ns();
    course.oom_kills = before.oom_kills;
    if (accept_payload(&course, message) == 0 && build(&course) && perform(&course, NULL))
        result_set(result, COMPLETED, "%s", "");
    struct usage after = cgroup_read(&job->cgroup);
    result->peak_bytes = after.peak_bytes;
    result->cpu_ns = before.cpu_ns >= 0 && after.cpu_ns >= before.cpu_ns ? after.cpu_ns - before.cpu_ns
                                                                         : children_cpu_ns() - children_before_ns;
    payload_free(&course.payload);
}
