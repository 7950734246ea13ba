/* The outcome of a step, from how it ended. */
#include <sys/wait.h>

#include "runner.h"

struct step *current_step(const struct run_context *context) {
    return &context->result->steps[context->result->phase];
}

/* With cases, the time limit is that of each case, so the build may have a longer one. */
static bool build_limit_applies(const struct run_context *context) {
    int64_t limit_ns = context->payload.cases != NULL ? NO_LIMIT_NS / 2 : context->limits.time_ns;
    return context->result->phase == PHASE_BUILD && context->limits.build_time_ns < limit_ns;
}

static int64_t step_limit_ns(const struct run_context *context) {
    return build_limit_applies(context) ? context->limits.build_time_ns : context->limits.time_ns;
}

static bool total_limit_applies(const struct run_context *context) {
    return context->total_end_ns < context->start_ns + step_limit_ns(context);
}

int64_t step_deadline_ns(const struct run_context *context) {
    return total_limit_applies(context) ? context->total_end_ns : context->start_ns + step_limit_ns(context);
}

/* Sets the outcome of a step that a limit ended. */
static void set_ended_outcome(const struct run_context *context, enum ending ending) {
    struct step *step = current_step(context);
    if (ending == ENDED_BY_TIME && total_limit_applies(context))
        step_set(step, TIMEOUT, "Total time limit of %g s exceeded", context->payload.total_s);
    else if (ending == ENDED_BY_TIME)
        step_set(step, TIMEOUT, "%s limit of %g s exceeded", build_limit_applies(context) ? "Build time" : "Time",
                 (double)step_limit_ns(context) / NS_PER_S);
    else if (ending == ENDED_BY_IDLE)
        step_set(step, TIMEOUT, "No input or output for %g seconds", (double)context->limits.idle_ns / NS_PER_S);
    else
        step_set(step, OUTPUT_LIMIT, "Output limit of %llu bytes exceeded", (unsigned long long)context->limits.output_bytes);
}

bool step_classify(const struct run_context *context, enum ending ending) {
    struct step *step = current_step(context);
    if (ending != ENDED_ITSELF)
        set_ended_outcome(context, ending);
    else if (WIFEXITED(step->status) && WEXITSTATUS(step->status) == 0)
        step_set(step, COMPLETED, "%s", "");
    else if (memory_ran_out(&context->runner->watch.memory))
        step_set(step, OUT_OF_MEMORY, "Out of memory");
    else
        step_set_failure(step, context->result->phase == PHASE_BUILD ? BUILD_FAILED : WIFSIGNALED(step->status) ? SIGNALED : FAILED);
    return step->outcome == COMPLETED;
}
