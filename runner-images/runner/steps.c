/* The steps of a run: build commands and run command, or the warm interpreter in their place; and what their
 * endings mean. */
#include <errno.h>
#include <string.h>
#include <sys/wait.h>

#include "runner.h"

static const double NS_PER_S = 1e9;
/* How long a warm interpreter that is still starting is waited for, rather than started plainly. */
static const int64_t WARM_WAIT_NS = 1000000000;

static int64_t limit_ns(const struct course *course, bool building) {
    const struct limits *limits = &course->limits;
    return building && limits->build_time_ns < limits->time_ns ? limits->build_time_ns : limits->time_ns;
}

/* Words the end of a step that a limit or an outsider brought about. */
static void tell_limit(const struct course *course, enum ending ending, bool building) {
    struct result *result = course->result;
    bool own_limit = building && course->limits.build_time_ns < course->limits.time_ns;
    if (ending == ENDED_BY_TIME)
        result_set(result, TIMEOUT, "%s limit of %g s exceeded", own_limit ? "Build time" : "Time",
                   (double)limit_ns(course, building) / NS_PER_S);
    else if (ending == ENDED_BY_OUTPUT)
        result_set(result, OUTPUT_LIMIT, "Output limit of %llu bytes exceeded", (unsigned long long)course->limits.output_bytes);
    else
        result_set(result, SIGNALED, "Killed by signal SIGTERM");
}

/* Puts an ending into the result's words. Returns whether the step succeeded. */
static bool judge(const struct course *course, enum ending ending, int status, bool building) {
    struct result *result = course->result;
    if (ending != ENDED_ITSELF)
        tell_limit(course, ending, building);
    else if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return true;
    else if (memory_ran_out(&course->job->watch.memory))
        result_set(result, OUT_OF_MEMORY, "Out of memory");
    else
        result_set_status(result, building ? BUILD_FAILED : WIFSIGNALED(status) ? SIGNALED : FAILED, status);
    return false;
}

/* Ends what is left of a step and judges it. */
static bool end_step(const struct course *course, struct flow *flow, enum ending ending, struct step *step, bool building) {
    bool goes_on = building && ending == ENDED_ITSELF && flow->child->status == 0;
    ending = flow_finish(flow, ending, goes_on);
    step->duration_ns += clock_ns() - step->from_ns;
    step->has_status = true;
    /* A signal's number alone is the wait status of a death by it, wait(2). What a limit ended is killed by us, also where it
     * had just ended by itself: who comes first is chance. A SIGTERM kills in its own name. */
    step->status = ending == ENDED_ITSELF ? flow->child->status : ending == ENDED_BY_SIGTERM ? SIGTERM : SIGKILL;
    return judge(course, ending, step->status, building);
}

/* Runs one plain command to its end. Returns whether it succeeded; if not, the result says why. */
static bool take_step(struct course *course, const struct strings *argv, const struct strings *variables, struct step *step,
                      bool building) {
    struct child child;
    struct flow flow = {&course->job->watch, &child, {NULL, 0}, step->output, &course->left_bytes};
    if (!building)
        flow.input = course->payload.input;
    step->from_ns = clock_ns();
    if (child_start(&child, argv->items, variables->items, &flow.input) < 0) {
        result_set(course->result, FAILED, "The runner can't start a process: %s", strerror(errno));
        return false;
    }
    enum ending ending = flow_attend(&flow, course->start_ns + limit_ns(course, building));
    return end_step(course, &flow, ending, step, building);
}

/* Makes a command and its environment, and runs it; command is NULL for the run command. */
static bool perform(struct course *course, yyjson_val *command) {
    const struct job *job = course->job;
    const struct payload *payload = &course->payload;
    struct strings argv = {0};
    struct strings variables = {0};
    bool building = command != NULL;
    bool succeeded = false;
    int made = building ? command_build(command, payload, job->work_dir, &argv)
                        : command_run(&job->language, payload, job->work_dir, &argv);
    if (made < 0 || command_environment(&job->language, building ? NULL : payload->env, &variables) < 0)
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
    yyjson_arr_foreach(command_builds(&course->job->language, &course->payload), index, count, command) {
        course->result->built = true;
        if (perform(course, command))
            continue;
        course->result->folded = true;
        return false;
    }
    return true;
}

/* The warm interpreter built: what it wrote is the build's, and from here on it is the program. */
static enum ending warm_built(const struct course *course, struct flow *flow) {
    struct result *result = course->result;
    if (!flow_drain(flow))
        return ENDED_BY_OUTPUT;
    result->built = true;
    result->build.has_status = true;
    result->build.duration_ns = clock_ns() - result->build.from_ns;
    result->run.from_ns = clock_ns();
    flow->output = result->run.output;
    (void)warm_release(flow->child); /* if it is dead, its end says so */
    return NOT_ENDED;
}

/* It is the program, without a build: what was read so far is the program's. */
static void warm_begun(const struct course *course, struct flow *flow) {
    struct result *result = course->result;
    result->run = result->build;
    result->build = (struct step){0};
    flow->output = result->run.output;
}

/* What the course of a warm run is, beside the flow. */
struct warm_course {
    bool building;
    bool cant_build;
    int exit_code;
};

/* Hears what the warm interpreter says while it becomes the program. Returns false if it can't. */
static bool warm_listen(const struct course *course, struct flow *flow, struct warm_course *way, enum ending *ending) {
    enum warm_word word = warm_hear(flow->child, &way->exit_code);
    if (word == WARM_SAYS_NOTHING && *ending == NOT_ENDED)
        return true;
    if (word == WARM_REFUSES || word == WARM_IS_READY)
        return false;
    if (word == WARM_HAS_BUILT && *ending == NOT_ENDED)
        *ending = warm_built(course, flow);
    else if (word == WARM_CANT_BUILD)
        way->cant_build = true;
    else
        warm_begun(course, flow);
    way->building = way->cant_build || flow->output != course->result->run.output;
    child_close_control(flow->child);
    return true;
}

/* Forgets a warm interpreter's try. */
static void warm_forget(struct course *course) {
    for (int stream = 0; stream < STREAMS; stream++)
        capture_free(&course->result->build.output[stream]);
    course->result->build = (struct step){0};
    course->left_bytes = course->limits.output_bytes;
}

/* Runs the payload by the warm interpreter. Returns false if the plain commands have to. */
static bool run_warm(struct course *course) {
    struct result *result = course->result;
    struct child *child = &course->job->warm.child;
    struct flow flow = {&course->job->watch, child, course->payload.input, result->build.output, &course->left_bytes};
    struct warm_course way = {.building = true};
    enum ending ending;
    result->build.from_ns = clock_ns();
    /* Before the names: a program that writes much and exits at once loses what the pipe doesn't take, and one may look at its
     * stdin first of all, and not wait (select(2), O_NONBLOCK). */
    child_widen_pipes(child);
    child_feed(child, &flow.input);
    if (warm_send(child, &course->payload) < 0)
        return false;
    do {
        ending = flow_attend(&flow, course->start_ns + limit_ns(course, way.building));
        if ((ending == NOT_ENDED || ending == ENDED_ITSELF) && child->control_fd >= 0 &&
            !warm_listen(course, &flow, &way, &ending)) {
            warm_forget(course);
            return false;
        }
    } while (ending == NOT_ENDED);
    if (way.cant_build && child->ended && WIFEXITED(child->status) && WEXITSTATUS(child->status) == 0)
        child->status = W_EXITCODE(way.exit_code, 0);
    result->folded = way.building;
    result->built = result->built || way.cant_build || (way.building && course->job->language.build != NULL);
    if (end_step(course, &flow, ending, way.building ? &result->build : &result->run, way.building))
        result_set(result, COMPLETED, "%s", "");
    course->job->warm.state = WARM_NONE;
    return true;
}

void steps_run(struct course *course) {
    struct job *job = course->job;
    if (warm_takes(&course->payload)) {
        warm_settle(&job->warm, &job->watch, clock_ns() + WARM_WAIT_NS);
        if (job->warm.state == WARM_READY && run_warm(course))
            return;
    }
    warm_end(&job->warm, &job->watch);
    if (build(course) && perform(course, NULL))
        result_set(course->result, COMPLETED, "%s", "");
}
