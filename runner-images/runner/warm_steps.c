/* The steps of a run with the warm interpreter, which builds and then becomes the program. */
#include <sys/wait.h>

#include "runner.h"

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

/* Ends the build step when the warm interpreter has built the program, which it now becomes. */
static enum ending on_warm_built(struct run_context *context, struct io *io) {
    struct result *result = context->result;
    struct step *build = &result->steps[PHASE_BUILD], *run = &result->steps[PHASE_RUN];
    set_warm_phase(context, io, PHASE_BUILD);
    (void)io_drain(io); /* drops what exceeds the limit */
    steps_renew_output_limit(context);
    result->has_build = true;
    build->has_status = true;
    run->start_ns = clock_ns();
    build->duration_ns = run->start_ns - build->start_ns;
    result->phase = PHASE_RUN;
    io->output = run->output;
    io->drops_excess = false;
    (void)warm_continue(io->child); /* an error means that the interpreter is dead, which io_pump() detects */
    events_build(io->events);
    return NOT_ENDED;
}

/* Handles one message of the warm interpreter. Returns false if the interpreter cannot run the program. Sets *exit_code
 * if its build failed. */
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
        if (step_is_truncated(current_step(context)))
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

/* Passes messages and output until the warm interpreter or its program ends. NOT_ENDED: the interpreter cannot run the
 * program. */
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

bool warm_steps_run(struct run_context *context) {
    struct result *result = context->result;
    struct child *child = &context->runner->warm.child;
    int exit_code = -1; /* of a failed build */
    result->phase = context->runner->language.build != NULL ? PHASE_BUILD : PHASE_RUN;
    struct io io = step_io(context, child);
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
    (void)step_end(context, &io, ending);
    if (result->phase == PHASE_BUILD)
        events_build(io.events);
    context->runner->warm.state = WARM_NONE;
    return true;
}
