/* The steps of a run: the build commands and the run command, or the warm interpreter instead of both.
 * result->phase is the current step. */
#include <errno.h>
#include <string.h>
#include <sys/wait.h>

#include "runner.h"

/* How long a run waits for a warm interpreter that is still starting, before it uses the plain commands. */
static const int64_t WARM_WAIT_NS = 1000000000;

static struct io new_io(struct run_context *context, struct child *child) {
    return (struct io){
        .watch = &context->runner->watch,
        .child = child,
        .output = current_step(context)->output,
        .left_bytes = &context->left_bytes,
        .drops_excess = context->result->phase == PHASE_BUILD,
        .events = context->runner->events,
    };
}

/* Stops the remaining processes of a step and sets its outcome. Returns whether the step succeeded. */
static bool end_step(const struct run_context *context, struct io *io, enum ending ending) {
    struct step *step = current_step(context);
    bool step_follows = context->payload.has_outputs || context->payload.cases != NULL ||
                        (context->result->phase == PHASE_BUILD && ending == ENDED_ITSELF && io->child->status == 0);
    ending = io_finish(io, ending, step_follows);
    if (ending == ENDED_BY_SIGTERM)
        return false; /* there will be no result */
    step->duration_ns += clock_ns() - step->start_ns;
    step->has_status = true;
    step->rss_bytes = io->child->rss_bytes;
    /* The wait status of a process that a signal terminated is the signal's number, wait(2). If a limit ended the step, the
     * status is SIGKILL even if the command had just exited, because the order of the two events is random. */
    step->status = ending == ENDED_ITSELF ? io->child->status : SIGKILL;
    return step_classify(context, ending);
}

static bool run_command(struct run_context *context, const struct strings *argv, const struct strings *variables) {
    struct child child;
    struct io io = new_io(context, &child);
    struct step *step = current_step(context);
    if (context->result->phase == PHASE_RUN) {
        io.input = context->payload.input;
        events_start(io.events);
    }
    step->start_ns = clock_ns();
    struct interaction *interaction = context->result->phase == PHASE_RUN ? context->runner->interaction : NULL;
    int started = interaction == NULL ? child_start(&child, argv->items, variables->items, &io.input)
                                      : child_start_interactive(&child, argv->items, variables->items, &io.input, interaction->terminal);
    if (started < 0) {
        step_set(step, FAILED, "The runner can't start a process: %s", strerror(errno));
        return false;
    }
    interaction_start(interaction, &io);
    return end_step(context, &io, io_pump(&io, step_deadline_ns(context)));
}

/* Runs one command of the current step. build_command is NULL for the run command. */
static bool run_step(struct run_context *context, yyjson_val *build_command) {
    const struct runner *runner = context->runner;
    const struct payload *payload = &context->payload;
    struct strings argv = {0};
    struct strings variables = {0};
    bool succeeded = false;
    int made = build_command != NULL ? command_build(build_command, payload, runner->work_dir, &argv)
                                     : command_run(&runner->language, payload, runner->work_dir, &argv);
    if (made < 0 || command_environment(&runner->language, build_command != NULL ? NULL : payload->env, &variables) < 0 ||
        (build_command == NULL && payload->terminal.columns > 0 && command_terminal(&variables) < 0))
        step_set(current_step(context), FAILED, "The runner has no memory left");
    else
        succeeded = run_command(context, &argv, &variables);
    strings_free(&argv);
    strings_free(&variables);
    return succeeded;
}

static bool is_truncated(const struct step *step) {
    return step->output[STREAM_OUT].truncated || step->output[STREAM_ERR].truncated;
}

/* Build and run share the output limit, but a build that exceeds it must not leave the program without output. */
static void renew_limit_after_build(struct run_context *context) {
    if (is_truncated(&context->result->steps[PHASE_BUILD]))
        context->left_bytes = context->limits.output_bytes;
}

static bool run_builds(struct run_context *context) {
    size_t index, count;
    yyjson_val *command;
    bool succeeded = true;
    yyjson_arr_foreach(command_builds(&context->runner->language, &context->payload), index, count, command) {
        context->result->has_build = true;
        context->result->phase = PHASE_BUILD;
        succeeded = succeeded && run_step(context, command);
    }
    if (context->result->has_build)
        events_build(context->runner->events);
    if (!succeeded)
        return false;
    renew_limit_after_build(context);
    context->result->phase = PHASE_RUN;
    return true;
}

/* Assigns everything that the warm interpreter has done so far to the given step, which becomes the current step. */
static void set_warm_phase(const struct run_context *context, struct io *io, enum phase phase) {
    struct result *result = context->result;
    io->drops_excess = phase == PHASE_BUILD;
    if (result->phase == phase)
        return;
    result->steps[phase] = result->steps[result->phase];
    result->steps[result->phase] = (struct step){0};
    result->phase = phase;
    io->output = result->steps[phase].output;
}

/* The warm interpreter has built and now becomes the program. */
static enum ending on_warm_built(struct run_context *context, struct io *io) {
    struct result *result = context->result;
    struct step *build = &result->steps[PHASE_BUILD], *run = &result->steps[PHASE_RUN];
    set_warm_phase(context, io, PHASE_BUILD);
    (void)io_drain(io); /* drops what exceeds the limit */
    renew_limit_after_build(context);
    result->has_build = true;
    build->has_status = true;
    run->start_ns = clock_ns();
    build->duration_ns = run->start_ns - build->start_ns;
    result->phase = PHASE_RUN;
    io->output = run->output;
    io->drops_excess = false;
    (void)warm_continue(io->child); /* an error means that it is dead, which io_pump() finds */
    events_build(io->events);
    return NOT_ENDED;
}

/* Handles one message of the warm interpreter. Returns false if it cannot run the program. Sets *exit_code if its build failed. */
static bool handle_message(struct run_context *context, struct io *io, enum ending *ending, int *exit_code) {
    enum warm_message message = warm_read_message(io->child, exit_code);
    if (message == MESSAGE_NONE && *ending == NOT_ENDED)
        return true;
    if (message == MESSAGE_UNKNOWN || message == MESSAGE_READY)
        return false;
    if (message == MESSAGE_BUILT && *ending == NOT_ENDED)
        *ending = on_warm_built(context, io);
    else
        set_warm_phase(context, io, message == MESSAGE_BUILD_FAILED ? PHASE_BUILD : PHASE_RUN);
    if (context->result->phase == PHASE_RUN) {
        events_start(io->events);
        interaction_start(context->runner->interaction, io);
        if (is_truncated(current_step(context)))
            *ending = ENDED_BY_OUTPUT;
    }
    close_fd(&io->child->control_fd);
    return true;
}

/* Removes all traces of a warm interpreter that cannot run the program. */
static void discard_warm_step(struct run_context *context) {
    struct step *step = current_step(context);
    for (int stream = 0; stream < STREAMS; stream++)
        capture_free(&step->output[stream]);
    *step = (struct step){0};
    events_forget(context->runner->events);
    context->left_bytes = context->limits.output_bytes;
}

/* Passes messages and output until the warm interpreter or its program ends. NOT_ENDED: it cannot run the program. */
static enum ending pump_warm(struct run_context *context, struct io *io, int *exit_code) {
    enum ending ending;
    do {
        ending = io_pump(io, step_deadline_ns(context));
        if ((ending == NOT_ENDED || ending == ENDED_ITSELF) && io->child->control_fd >= 0 &&
            !handle_message(context, io, &ending, exit_code))
            return NOT_ENDED;
    } while (ending == NOT_ENDED);
    return ending;
}

/* Runs the payload with the warm interpreter. Returns false if the plain commands must run it. */
static bool run_warm(struct run_context *context) {
    struct result *result = context->result;
    struct child *child = &context->runner->warm.child;
    int exit_code = -1; /* of a failed build */
    result->phase = context->runner->language.build != NULL ? PHASE_BUILD : PHASE_RUN;
    struct io io = new_io(context, child);
    io.input = context->payload.input;
    current_step(context)->start_ns = clock_ns();
    /* The pipes are prepared before the program starts. A program that writes much and exits immediately would
     * otherwise lose the output that does not fit into the pipe, and a program may check for input immediately
     * without waiting (select(2), O_NONBLOCK). */
    child_widen_pipes(child);
    child->holds_input = context->runner->interaction != NULL;
    child_feed(child, &io.input);
    if (warm_send(child, &context->payload) < 0)
        return false;
    enum ending ending = pump_warm(context, &io, &exit_code);
    if (ending == NOT_ENDED) {
        discard_warm_step(context);
        return false;
    }
    if (exit_code >= 0 && child->ended && child->status == 0)
        child->status = W_EXITCODE(exit_code, 0);
    result->has_build = result->has_build || result->phase == PHASE_BUILD;
    (void)end_step(context, &io, ending);
    if (result->phase == PHASE_BUILD)
        events_build(io.events);
    context->runner->warm.state = WARM_NONE;
    return true;
}

bool steps_run_program(struct run_context *context) {
    return run_step(context, NULL);
}

void steps_run(struct run_context *context) {
    struct runner *runner = context->runner;
    bool has_cases = context->payload.cases != NULL;
    if (!has_cases && warm_can_run(&context->payload)) {
        warm_wait(&runner->warm, &runner->watch, clock_ns() + WARM_WAIT_NS);
        if (runner->warm.state == WARM_READY && run_warm(context))
            return;
    }
    warm_stop(&runner->warm, &runner->watch);
    if (!run_builds(context))
        return;
    if (has_cases)
        cases_run(context);
    else
        (void)run_step(context, NULL);
}
