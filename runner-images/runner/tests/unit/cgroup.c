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
            (void)mkdir(path, 0700); /* there already, most often */
            *slash = '/';
        }
        FILE *out = fopen(path, "w");
        EXPECT_IN(out != NULL && fputs(recordings->text, out) >= 0 && fclose(out) == 0, "%s", path);
    }
}

static struct usage usage_in(const struct recording *recordings) {
    char folder[64], self[80];
    close(fresh_folder(folder));
    record(folder, recordings);
    (void)snprintf(self, sizeof self, "%s/self", folder);
    struct cgroup cgroup = cgroup_open(folder, self);
    struct usage usage = cgroup_read(&cgroup);
    cgroup_close(&cgroup);
    return usage;
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
    fputs("oom_kill 12\n", out);
    fclose(out);
    EXPECT(cgroup_read(&cgroup).oom_kills == 12);
    cgroup_close(&cgroup);
}

void cgroup_tests(void) {
    test("cgroup version 1 is read", version_1);
    test("cgroup version 1 is read below the host's tree", nested_version_1);
    test("cgroup version 2 is read", version_2);
    test("cgroup version 2 is read below the host's tree, without a peak on old kernels", nested_version_2);
    test("what no cgroup says is -1", nothing_there);
    test("an open counter shows its latest value", rises);
}
