/* Recordings of /sys/fs/cgroup and /proc/self/cgroup. */
#ifndef CGROUP_RECORDINGS_H
#define CGROUP_RECORDINGS_H

#include "check.h"
#include "runner.h"

/* The path and the text of a file. An array of recordings ends with a path that is NULL. */
struct recording {
    const char *path, *text;
};

/* The files in a container of Docker 20.10 with cgroup version 1. */
static const char SELF_V1[] = "9:name=systemd:/docker/1fe2\n8:pids:/docker/1fe2\n4:memory:/docker/1fe2\n"
                              "2:cpu,cpuacct:/docker/1fe2\n0::/docker/1fe2\n";
static const char OOM_CONTROL[] = "oom_kill_disable 0\nunder_oom 0\noom_kill 2\n";
static const char EVENTS[] = "low 0\nhigh 0\nmax 12\noom 3\noom_kill 1\noom_group_kill 0\n";
static const char CPU_STAT[] = "usage_usec 1234\nuser_usec 1000\nsystem_usec 234\nnr_periods 0\nnr_throttled 0\nthrottled_usec 0\n";

void record(const char *folder, const struct recording *recordings);
struct usage usage_in(const struct recording *recordings);
int64_t free_bytes_in(const struct recording *recordings);
void expect_usage(struct usage usage, int64_t oom_kills, int64_t cpu_ns, int64_t peak_bytes);

#endif
