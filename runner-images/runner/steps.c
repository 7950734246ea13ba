/* The steps of a run: the build commands and the run command, or the warm interpreter instead of both (warm_steps.c).
 * result->phase is the current step. */
#include <errno.h>
#include <signal.h>
#include <string.h>

#include "runner.h"

/* How long a run waits for a warm interpreter that is still starting, before it uses the plain commands. */
static const int64_t WARM_WAIT_NS = NS_PER_S;

struct io step_io(struct run_context *context, struct child *child) {
    return (struct io){
        .watch = &context->runner->watch,
        .child = child,
        .output = current_step(context)->output,
        .left_bytes = &context->left_bytes,
        .drops_excess = context->result->phase == PHASE_BUILD,
        .events = context->runner->events,
    };
}

bool step_end(const struct run_context *context, struct io *io, enum ending ending) {
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
    struct io io = step_io(context, &child);
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
    return step_end(context, &io, io_pump(&io, step_deadline_ns(context)));
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
        (void)step_set_no_memory(current_step(context));
    else
        succeeded = run_command(context, &argv, &variables);
    strings_free(&argv);
    strings_free(&variables);
    return succeeded;
}

bool step_is_truncated(const struct step *step) {
    return step->output[STREAM_OUT].truncated || step->output[STREAM_ERR].truncated;
}

void steps_renew_output_limit(struct run_context *context) {
    if (step_is_truncated(&context->result->steps[PHASE_BUILD]))
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
    steps_renew_output_limit(context);
    context->result->phase = PHASE_RUN;
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
        if (runner->warm.state == WARM_READY && warm_steps_run(context))
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
