#include "cgroup_recordings.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

void record(const char *folder, const struct recording *recordings) {
    char path[256];
    for (; recordings->path != NULL; recordings++) {
        (void)snprintf(path, sizeof path, "%s/%s", folder, recordings->path);
        for (char *slash = strchr(path + strlen(folder) + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
            *slash = '\0';
            (void)mkdir(path, 0700); /* it often exists already */
            *slash = '/';
        }
        put_text(path, recordings->text);
    }
}

static struct cgroup open_recordings(const struct recording *recordings) {
    char folder[64], self[80];
    close(fresh_folder(folder));
    record(folder, recordings);
    (void)snprintf(self, sizeof self, "%s/self", folder);
    return cgroup_open(folder, self);
}

struct usage usage_in(const struct recording *recordings) {
    struct cgroup cgroup = open_recordings(recordings);
    struct usage usage = cgroup_read(&cgroup);
    cgroup_close(&cgroup);
    return usage;
}

int64_t free_bytes_in(const struct recording *recordings) {
    struct cgroup cgroup = open_recordings(recordings);
    int64_t free_bytes = cgroup_free_bytes(&cgroup);
    cgroup_close(&cgroup);
    return free_bytes;
}

void expect_usage(struct usage usage, int64_t oom_kills, int64_t cpu_ns, int64_t peak_bytes) {
    EXPECT_IN(usage.oom_kills == oom_kills && usage.cpu_ns == cpu_ns && usage.peak_bytes == peak_bytes, "%lld kills, %lld ns, %lld bytes",
              (long long)usage.oom_kills, (long long)usage.cpu_ns, (long long)usage.peak_bytes);
}
