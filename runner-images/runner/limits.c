/* The limits of a run: those of the container, lowered by those of the payload. */
#include <limits.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "runner.h"

enum { DEFAULT_FILES = 32, DEFAULT_FILES_BYTES = 8 << 20, DEFAULT_CASES = 100, MOST_CASES = 1000 };
enum { DEFAULT_TIME_MS = 8000, DEFAULT_OUTPUT_BYTES = 65536 };
/* A client that does not set an output limit may be glot's docker-run, which reads only this number of bytes of a
 * result (RUN_MAX_OUTPUT_SIZE). */
enum { DEFAULT_RESULT_BYTES = 100000 };

/* The smallest and the largest stack limit. glibc gives every thread a stack of the same size, so the maximum also
 * limits the address space of all stacks. */
static const int64_t LEAST_STACK_BYTES = 8 << 20, MOST_STACK_BYTES = 256 << 20;

/* Returns a positive integer from the environment, at most `most`, or the default. */
static int64_t environment_number(const char *name, int64_t default_value, int64_t most) {
    const char *text = getenv(name);
    if (text == NULL || text[0] < '0' || text[0] > '9')
        return default_value;
    char *end;
    unsigned long long value = strtoull(text, &end, 10);
    if (*end != '\0' || value == 0)
        return default_value;
    return value > (unsigned long long)most ? most : (int64_t)value;
}

struct limits limits_from_environment(void) {
    int64_t most_ms = NO_LIMIT_NS / NS_PER_MS;
    return (struct limits){
        .time_ns = NS_PER_MS * environment_number("RUNONCE_TIME_LIMIT_MS", DEFAULT_TIME_MS, most_ms),
        .build_time_ns = NS_PER_MS * environment_number("RUNONCE_BUILD_LIMIT_MS", most_ms, most_ms),
        .total_ns = NO_LIMIT_NS,
        .idle_ns = NO_LIMIT_NS,
        .output_bytes = (uint64_t)environment_number("RUNONCE_OUTPUT_LIMIT", DEFAULT_OUTPUT_BYTES, INT64_MAX),
        .result_bytes = environment_number("RUNONCE_OUTPUT_LIMIT", 0, INT64_MAX) == 0 ? DEFAULT_RESULT_BYTES : 0,
        .cases = (size_t)environment_number("RUNONCE_CASES", DEFAULT_CASES, MOST_CASES),
        .files = {
            .files = (size_t)environment_number("RUNONCE_OUTPUT_FILES", DEFAULT_FILES, INT32_MAX),
            .bytes = (uint64_t)environment_number("RUNONCE_OUTPUT_FILES_SIZE", DEFAULT_FILES_BYTES, INT64_MAX),
        },
    };
}

static int64_t stricter_ns(int64_t limit_ns, double wanted_s) {
    if (wanted_s <= 0 || wanted_s * NS_PER_S >= (double)limit_ns)
        return limit_ns;
    int64_t wanted_ns = (int64_t)(wanted_s * NS_PER_S);
    return wanted_ns > 0 ? wanted_ns : 1;
}

struct limits limits_stricter(struct limits limits, const struct payload *payload) {
    limits.time_ns = stricter_ns(limits.time_ns, payload->time_s);
    limits.build_time_ns = stricter_ns(limits.build_time_ns, payload->build_time_s);
    limits.total_ns = stricter_ns(limits.total_ns, payload->total_s);
    limits.idle_ns = stricter_ns(limits.idle_ns, payload->idle_s);
    if (payload->output_bytes > 0 && payload->output_bytes < limits.output_bytes)
        limits.output_bytes = payload->output_bytes;
    return limits;
}

int64_t stack_limit(int64_t memory_bytes) {
    int64_t bytes = memory_bytes / 4;
    return bytes < LEAST_STACK_BYTES ? LEAST_STACK_BYTES : bytes > MOST_STACK_BYTES ? MOST_STACK_BYTES : bytes;
}

int stack_limit_set(int64_t bytes) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_STACK, &limit) < 0)
        return -1;
    limit.rlim_cur = limit.rlim_max < (rlim_t)bytes ? limit.rlim_max : (rlim_t)bytes; /* RLIM_INFINITY is the largest value */
    return setrlimit(RLIMIT_STACK, &limit);
}
