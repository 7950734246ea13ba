#include <math.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "check.h"
#include "runner.h"

static const struct {
    const char *value;
    int64_t time_ns;
    uint64_t output_bytes;
} VALUES[] = {
    {NULL, 8000000000, 65536},       {"", 8000000000, 65536},  {"250", 250000000, 250}, {"0", 8000000000, 65536},
    {"-1", 8000000000, 65536},       {"5s", 8000000000, 65536}, {" 5", 8000000000, 65536},
};

static void environment(void) {
    for (size_t i = 0; i < COUNT(VALUES); i++) {
        if (VALUES[i].value == NULL) {
            unsetenv("RUNONCE_TIME_LIMIT_MS");
            unsetenv("RUNONCE_OUTPUT_LIMIT");
        } else {
            setenv("RUNONCE_TIME_LIMIT_MS", VALUES[i].value, 1);
            setenv("RUNONCE_OUTPUT_LIMIT", VALUES[i].value, 1);
        }
        struct limits limits = limits_from_environment();
        EXPECT_IN(limits.time_ns == VALUES[i].time_ns, "time %s", VALUES[i].value);
        EXPECT_IN(limits.output_bytes == VALUES[i].output_bytes, "output %s", VALUES[i].value);
        EXPECT_IN(limits.result_bytes == (VALUES[i].output_bytes == 250 ? 0 : 100000), "result %s", VALUES[i].value);
    }
    unsetenv("RUNONCE_TIME_LIMIT_MS");
    unsetenv("RUNONCE_OUTPUT_LIMIT");
}

static void huge_values(void) {
    setenv("RUNONCE_TIME_LIMIT_MS", "99999999999999999999999", 1);
    struct limits limits = limits_from_environment();
    EXPECT(limits.time_ns > 0 && limits.time_ns <= INT64_MAX / 4);
    unsetenv("RUNONCE_TIME_LIMIT_MS");
}

static void stricter(void) {
    struct limits own = {.time_ns = 5000000000, .build_time_ns = 3000000000, .output_bytes = 1000};
    struct payload none = {0};
    struct payload lower = {.time_s = 0.5, .build_time_s = 1e-12, .output_bytes = 10};
    struct payload higher = {.time_s = 1e300, .build_time_s = HUGE_VAL, .output_bytes = UINT64_MAX};
    struct limits limits = limits_stricter(own, &none);
    EXPECT(limits.time_ns == own.time_ns && limits.build_time_ns == own.build_time_ns && limits.output_bytes == 1000);
    limits = limits_stricter(own, &lower);
    EXPECT(limits.time_ns == 500000000 && limits.build_time_ns == 1 && limits.output_bytes == 10);
    limits = limits_stricter(own, &higher);
    EXPECT(limits.time_ns == own.time_ns && limits.build_time_ns == own.build_time_ns && limits.output_bytes == 1000);
}

static void stack(void) {
    static const int64_t MIB = 1 << 20;
    EXPECT(stack_limit(256 * MIB) == 64 * MIB && stack_limit(64 * MIB) == 16 * MIB);
    EXPECT(stack_limit(16 * MIB) == 8 * MIB && stack_limit(-1) == 8 * MIB);
    EXPECT(stack_limit(INT64_MAX) == 256 * MIB);
}

/* Runs in a child process because the threads of the sanitizers inherit the limit. */
static int set_stack(void) {
    struct rlimit limit;
    if (stack_limit_set(64 << 20) < 0 || getrlimit(RLIMIT_STACK, &limit) < 0 || limit.rlim_cur != 64 << 20)
        return 1;
    limit = (struct rlimit){16 << 20, 32 << 20};
    if (setrlimit(RLIMIT_STACK, &limit) < 0 || stack_limit_set(64 << 20) < 0 || getrlimit(RLIMIT_STACK, &limit) < 0)
        return 2;
    return limit.rlim_cur == 32 << 20 && limit.rlim_max == 32 << 20 ? 0 : 3;
}

static void stack_set(void) {
    expect_in_child(set_stack);
}

void limits_tests(void) {
    test("limits are read from the environment; for a value that is not a positive integer, the default applies", environment);
    test("a huge limit can be added to a clock time", huge_values);
    test("the stricter of two limits applies", stricter);
    test("the stack limit is a quarter of the memory limit, from 8 to 256 MiB", stack);
#ifdef UNDER_QEMU
    (void)stack_set; /* qemu-user ignores a program's own stack limit */
#else
    test("the stack limit is set, at most to the hard limit", stack_set);
#endif
}
