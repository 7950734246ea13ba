/* cgroup version 2. */
#include "cgroup_recordings.h"

static void plain(void) {
    const struct recording files[] = {
        {"self", "0::/\n"}, {"memory.events", EVENTS}, {"memory.peak", "8192\n"}, {"cpu.stat", CPU_STAT}, {NULL, NULL}};
    expect_usage(usage_in(files), 1, 1234000, 8192);
}

static void nested(void) {
    const struct recording files[] = {{"self", "0::/system.slice/docker-1.scope\n"},
                                      {"cpu.stat", "usage_usec 9\n"},
                                      {"system.slice/docker-1.scope/memory.events", EVENTS},
                                      {"system.slice/docker-1.scope/cpu.stat", CPU_STAT},
                                      {NULL, NULL}};
    expect_usage(usage_in(files), 1, 1234000, -1);
}

/* A container with its own cgroup namespace, as Docker creates it on version 2, on Linux 6.12. Newer kernels add keys in between. */
static void on_new_kernels(void) {
    const struct recording files[] = {
        {"self", "0::/\n"},
        {"memory.events", "low 0\nhigh 0\nmax 83\noom 2\noom_kill 2\noom_group_kill 0\nsock_throttled 0\n"},
        {"memory.events.local", "low 0\nhigh 0\nmax 0\noom 0\noom_kill 9\noom_group_kill 0\n"},
        {"memory.peak", "268435456\n"},
        {"memory.current", "4096\n"},
        {"cpu.stat", "usage_usec 9007199254740993\nuser_usec 1\nsystem_usec 2\nnice_usec 0\ncore_sched.force_idle_usec 0\nnr_periods 4\n"
                     "nr_throttled 1\nthrottled_usec 77\nnr_bursts 0\nburst_usec 0\n"},
        {NULL, NULL}};
    expect_usage(usage_in(files), 2, 9007199254740993000, 268435456);
}

/* The keys of a flat keyed file may have any order, cgroup-v2.rst. Keys that only start or end with the wanted one are ignored. */
static void in_any_order(void) {
    const struct recording files[] = {{"self", "0::/\n"},
                                      {"memory.events", "oom_kill_more 7\nxoom_kill 8\noom_group_kill 5\noom 6\noom_kill 4\nlow 0\n"},
                                      {"cpu.stat", "user_usec 5\nusage_usec_more 6\nthrottled_usec 7\nusage_usec 3\n"},
                                      {NULL, NULL}};
    expect_usage(usage_in(files), 4, 3000, -1);
}

/* Linux before 4.13 has no oom_kill key. Without the memory controller there is no memory.events, but there is a cpu.stat. */
static void in_part(void) {
    const struct recording old[] = {
        {"self", "0::/\n"}, {"memory.events", "low 0\nhigh 0\nmax 12\noom 3\n"}, {"cpu.stat", CPU_STAT}, {NULL, NULL}};
    const struct recording no_memory[] = {{"self", "0::/\n"}, {"cpu.stat", CPU_STAT}, {NULL, NULL}};
    const struct recording no_cpu[] = {{"self", "0::/\n"}, {"memory.events", EVENTS}, {"memory.peak", "1\n"}, {NULL, NULL}};
    expect_usage(usage_in(old), -1, 1234000, -1);
    expect_usage(usage_in(no_memory), -1, 1234000, -1);
    expect_usage(usage_in(no_cpu), 1, -1, 1);
}

/* With the host's cgroup namespace, the path in /proc/self/cgroup starts at the host's root, or leads out of the mount. */
static void unmounted_path(void) {
    const struct recording outside[] = {
        {"self", "0::/../../system.slice\n"}, {"memory.events", EVENTS}, {"memory.peak", "8192\n"}, {"cpu.stat", CPU_STAT}, {NULL, NULL}};
    const struct recording elsewhere[] = {{"self", "0::/docker/1fe2\n"}, {"memory.events", EVENTS}, {"cpu.stat", CPU_STAT}, {NULL, NULL}};
    expect_usage(usage_in(outside), 1, 1234000, 8192);
    expect_usage(usage_in(elsewhere), 1, 1234000, -1);
}

void cgroup_v2_tests(void) {
    test("cgroup version 2 is read", plain);
    test("cgroup version 2 is read below the host's tree; old kernels have no memory.peak", nested);
    test("cgroup version 2 is read with the keys of new kernels", on_new_kernels);
    test("cgroup version 2 is read with its keys in any order", in_any_order);
    test("with cgroup version 2, existing counters are read, and missing counters are -1", in_part);
    test("cgroup version 2 is read if the path leads out of the mount", unmounted_path);
}
