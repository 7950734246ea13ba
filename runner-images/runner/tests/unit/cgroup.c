#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check.h"
#include "runner.h"

struct recording {
    const char *path, *text;
};

/* What a container of Docker 20.10 sees with cgroup version 1. */
static const char SELF_V1[] = "9:name=systemd:/docker/1fe2\n8:pids:/docker/1fe2\n4:memory:/docker/1fe2\n"
                              "2:cpu,cpuacct:/docker/1fe2\n0::/docker/1fe2\n";
static const char OOM_CONTROL[] = "oom_kill_disable 0\nunder_oom 0\noom_kill 2\n";
static const char EVENTS[] = "low 0\nhigh 0\nmax 12\noom 3\noom_kill 1\noom_group_kill 0\n";
static const char CPU_STAT[] = "usage_usec 1234\nuser_usec 1000\nsystem_usec 234\nnr_periods 0\nnr_throttled 0\nthrottled_usec 0\n";

static void record(const char *folder, const struct recording *recordings) {
    char path[256];
    for (; recordings->path != NULL; recordings++) {
        (void)snprintf(path, sizeof path, "%s/%s", folder, recordings->path);
        for (char *slash = strchr(path + strlen(folder) + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
            *slash = '\0';
            (void)mkdir(path, 0700); /* it often exists already */
            *slash = '/';
        }
        FILE *out = fopen(path, "w");
        EXPECT_IN(out != NULL && fputs(recordings->text, out) >= 0 && fclose(out) == 0, "%s", path);
    }
}

static struct cgroup open_recordings(const struct recording *recordings) {
    char folder[64], self[80];
    close(fresh_folder(folder));
    record(folder, recordings);
    (void)snprintf(self, sizeof self, "%s/self", folder);
    return cgroup_open(folder, self);
}

static struct usage usage_in(const struct recording *recordings) {
    struct cgroup cgroup = open_recordings(recordings);
    struct usage usage = cgroup_read(&cgroup);
    cgroup_close(&cgroup);
    return usage;
}

static int64_t free_bytes_in(const struct recording *recordings) {
    struct cgroup cgroup = open_recordings(recordings);
    int64_t free_bytes = cgroup_free_bytes(&cgroup);
    cgroup_close(&cgroup);
    return free_bytes;
}

static void expect_usage(struct usage usage, int64_t oom_kills, int64_t cpu_ns, int64_t peak_bytes) {
    EXPECT_IN(usage.oom_kills == oom_kills && usage.cpu_ns == cpu_ns && usage.peak_bytes == peak_bytes, "%lld kills, %lld ns, %lld bytes",
              (long long)usage.oom_kills, (long long)usage.cpu_ns, (long long)usage.peak_bytes);
}

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

static void version_2(void) {
    const struct recording files[] = {
        {"self", "0::/\n"}, {"memory.events", EVENTS}, {"memory.peak", "8192\n"}, {"cpu.stat", CPU_STAT}, {NULL, NULL}};
    expect_usage(usage_in(files), 1, 1234000, 8192);
}

static void nested_version_2(void) {
    const struct recording files[] = {{"self", "0::/system.slice/docker-1.scope\n"},
                                      {"cpu.stat", "usage_usec 9\n"},
                                      {"system.slice/docker-1.scope/memory.events", EVENTS},
                                      {"system.slice/docker-1.scope/cpu.stat", CPU_STAT},
                                      {NULL, NULL}};
    expect_usage(usage_in(files), 1, 1234000, -1);
}

/* A container with its own cgroup namespace, as Docker creates it on version 2, on Linux 6.12. Newer kernels add keys in between. */
static void version_2_on_new_kernels(void) {
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
static void version_2_in_any_order(void) {
    const struct recording files[] = {{"self", "0::/\n"},
                                      {"memory.events", "oom_kill_more 7\nxoom_kill 8\noom_group_kill 5\noom 6\noom_kill 4\nlow 0\n"},
                                      {"cpu.stat", "user_usec 5\nusage_usec_more 6\nthrottled_usec 7\nusage_usec 3\n"},
                                      {NULL, NULL}};
    expect_usage(usage_in(files), 4, 3000, -1);
}

/* Linux before 4.13 has no oom_kill key. Without the memory controller there is no memory.events, but there is a cpu.stat. */
static void version_2_in_part(void) {
    const struct recording old[] = {
        {"self", "0::/\n"}, {"memory.events", "low 0\nhigh 0\nmax 12\noom 3\n"}, {"cpu.stat", CPU_STAT}, {NULL, NULL}};
    const struct recording no_memory[] = {{"self", "0::/\n"}, {"cpu.stat", CPU_STAT}, {NULL, NULL}};
    const struct recording no_cpu[] = {{"self", "0::/\n"}, {"memory.events", EVENTS}, {"memory.peak", "1\n"}, {NULL, NULL}};
    expect_usage(usage_in(old), -1, 1234000, -1);
    expect_usage(usage_in(no_memory), -1, 1234000, -1);
    expect_usage(usage_in(no_cpu), 1, -1, 1);
}

/* With the host's cgroup namespace, the path in /proc/self/cgroup starts at the host's root, or leads out of the mount. */
static void version_2_unmounted_path(void) {
    const struct recording outside[] = {
        {"self", "0::/../../system.slice\n"}, {"memory.events", EVENTS}, {"memory.peak", "8192\n"}, {"cpu.stat", CPU_STAT}, {NULL, NULL}};
    const struct recording elsewhere[] = {{"self", "0::/docker/1fe2\n"}, {"memory.events", EVENTS}, {"cpu.stat", CPU_STAT}, {NULL, NULL}};
    expect_usage(usage_in(outside), 1, 1234000, 8192);
    expect_usage(usage_in(elsewhere), 1, 1234000, -1);
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

/* A kill between two reads. A group kill counts every process in oom_kill as well. */
static void rises(void) {
    char folder[64], self[80], path[128];
    const struct recording before[] = {{"memory.events", EVENTS}, {NULL, NULL}};
    close(fresh_folder(folder));
    record(folder, before);
    (void)snprintf(self, sizeof self, "%s/self", folder);
    (void)snprintf(path, sizeof path, "%s/memory.events", folder);
    struct cgroup cgroup = cgroup_open(folder, self);
    EXPECT(cgroup_read(&cgroup).oom_kills == 1);
    FILE *out = fopen(path, "w");
    fputs("low 0\nhigh 0\nmax 40\noom 4\noom_kill 12\noom_group_kill 1\n", out);
    fclose(out);
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
    test("cgroup version 2 is read", version_2);
    test("cgroup version 2 is read below the host's tree, without a peak on old kernels", nested_version_2);
    test("cgroup version 2 is read with the keys of new kernels", version_2_on_new_kernels);
    test("cgroup version 2 is read with its keys in any order", version_2_in_any_order);
    test("with cgroup version 2, existing counters are read, and missing counters are -1", version_2_in_part);
    test("cgroup version 2 is read if the path leads out of the mount", version_2_unmounted_path);
    test("if both versions are mounted, version 1 is read", hybrid);
    test("a counter that does not exist is -1", nothing_there);
    test("an open counter shows its latest value", rises);
}
