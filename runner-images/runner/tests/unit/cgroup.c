/* Tests cgroup version 1, both versions together, and what they have in common. */
#include <stdio.h>
#include <unistd.h>

#include "cgroup_recordings.h"

static void version_1(void) {
    const struct recording files[] = {{"self", SELF_V1},
                                      {"memory/memory.oom_control", OOM_CONTROL},
                                      {"memory/memory.max_usage_in_bytes", "6041600\n"},
                                      {"cpuacct/cpuacct.usage", "33482999\n"},
                                      {NULL, NULL}};
    expect_usage(usage_in(files), 2, 33482999, 6041600);
}

static void nested_version_1(void) {
    const struct recording files[] = {{"self", SELF_V1},
                                      {"memory/memory.oom_control", "oom_kill 70\n"},
                                      {"memory/memory.max_usage_in_bytes", "71\n"},
                                      {"cpuacct/cpuacct.usage", "72\n"},
                                      {"memory/docker/1fe2/memory.oom_control", OOM_CONTROL},
                                      {"memory/docker/1fe2/memory.max_usage_in_bytes", "4\n"},
                                      {"cpuacct/docker/1fe2/cpuacct.usage", "5\n"},
                                      {NULL, NULL}};
    expect_usage(usage_in(files), 2, 5, 4);
}

/* Both versions are mounted (systemd's hybrid mode): the controllers belong to version 1, and version 2 must be ignored. */
static void hybrid(void) {
    const struct recording files[] = {{"self", SELF_V1},
                                      {"memory/memory.oom_control", OOM_CONTROL},
                                      {"memory/memory.max_usage_in_bytes", "6041600\n"},
                                      {"cpuacct/cpuacct.usage", "33482999\n"},
                                      {"unified/cpu.stat", CPU_STAT},
                                      {"memory.events", "oom_kill 99\n"},
                                      {NULL, NULL}};
    expect_usage(usage_in(files), 2, 33482999, 6041600);
}

static void nothing_there(void) {
    const struct recording none[] = {{NULL, NULL}};
    const struct recording rubbish[] = {{"self", "rubbish\n:\n\n4:memory"},
                                        {"memory/memory.oom_control", "oom_kill_disable 0\noom_killer 3\n"},
                                        {"memory/memory.max_usage_in_bytes", "many\n"},
                                        {"cpuacct/cpuacct.usage", ""},
                                        {NULL, NULL}};
    expect_usage(usage_in(none), -1, -1, -1);
    expect_usage(usage_in(rubbish), -1, -1, -1);
}

/* Simulates OOM kills between two reads. A group kill also counts every killed process in oom_kill. */
static void rises(void) {
    char folder[64], self[80], path[128];
    const struct recording before[] = {{"memory.events", EVENTS}, {NULL, NULL}};
    close(fresh_folder(folder));
    record(folder, before);
    (void)snprintf(self, sizeof self, "%s/self", folder);
    (void)snprintf(path, sizeof path, "%s/memory.events", folder);
    struct cgroup cgroup = cgroup_open(folder, self);
    EXPECT(cgroup_read(&cgroup).oom_kills == 1);
    put_text(path, "low 0\nhigh 0\nmax 40\noom 4\noom_kill 12\noom_group_kill 1\n");
    EXPECT(cgroup_read(&cgroup).oom_kills == 12);
    cgroup_close(&cgroup);
}

/* Without a limit, version 1 contains the largest number of pages, and version 2 contains "max". */
static void free_memory(void) {
    const struct recording first[] = {{"self", SELF_V1},
                                      {"memory/memory.oom_control", OOM_CONTROL},
                                      {"memory/memory.usage_in_bytes", "1048576\n"},
                                      {"memory/memory.limit_in_bytes", "268435456\n"},
                                      {NULL, NULL}};
    const struct recording nested[] = {{"self", SELF_V1},
                                       {"memory/memory.oom_control", OOM_CONTROL},
                                       {"memory/memory.usage_in_bytes", "1\n"},
                                       {"memory/memory.limit_in_bytes", "2\n"},
                                       {"memory/docker/1fe2/memory.oom_control", OOM_CONTROL},
                                       {"memory/docker/1fe2/memory.usage_in_bytes", "4096\n"},
                                       {"memory/docker/1fe2/memory.limit_in_bytes", "4096\n"},
                                       {NULL, NULL}};
    const struct recording unlimited[] = {{"self", SELF_V1},
                                          {"memory/memory.oom_control", OOM_CONTROL},
                                          {"memory/memory.usage_in_bytes", "4096\n"},
                                          {"memory/memory.limit_in_bytes", "9223372036854771712\n"},
                                          {NULL, NULL}};
    const struct recording second[] = {
        {"self", "0::/\n"}, {"memory.events", EVENTS}, {"memory.current", "5000\n"}, {"memory.max", "8192\n"}, {NULL, NULL}};
    const struct recording no_limit[] = {
        {"self", "0::/\n"}, {"memory.events", EVENTS}, {"memory.current", "5000\n"}, {"memory.max", "max\n"}, {NULL, NULL}};
    const struct recording none[] = {{"self", "0::/\n"}, {"cpu.stat", CPU_STAT}, {NULL, NULL}};
    EXPECT(free_bytes_in(first) == 267386880 && free_bytes_in(nested) == 0);
    EXPECT(free_bytes_in(unlimited) == 9223372036854767616);
    EXPECT(free_bytes_in(second) == 3192);
    EXPECT(free_bytes_in(no_limit) == INT64_MAX && free_bytes_in(none) == INT64_MAX);
}

void cgroup_tests(void) {
    test("the memory left up to the limit is read from both versions", free_memory);
    test("cgroup version 1 is read", version_1);
    test("cgroup version 1 is read below the host's tree", nested_version_1);
    test("if both versions are mounted, version 1 is read", hybrid);
    test("a counter that does not exist is -1", nothing_there);
    test("a counter that was opened before shows its latest value", rises);
    cgroup_v2_tests();
}
