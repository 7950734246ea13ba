/* What our cgroup counts: kernel OOM kills, CPU time, peak memory; version 1 or 2.
 * Source: kernel admin-guide/cgroup-v1/memory.rst and cpuacct.rst, admin-guide/cgroup-v2.rst. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "runner.h"

enum { TEXT_BYTES = 4096 };

static ssize_t read_text(int fd, char text[TEXT_BYTES]) {
    ssize_t size = pread(fd, text, TEXT_BYTES - 1, 0);
    if (size >= 0)
        text[size] = '\0';
    return size;
}

/* Whether a line of /proc/self/cgroup is about a controller: `4:cpu,memory:/path`; for v2 `0::/path`. */
static bool is_about(const char *controllers, size_t size, const char *wanted) {
    size_t wanted_size = strlen(wanted);
    if (wanted_size == 0)
        return size == 0;
    for (const char *at = controllers; at < controllers + size;) {
        size_t length = strcspn(at, ",:");
        if (length == wanted_size && memcmp(at, wanted, length) == 0)
            return true;
        at += length + 1;
    }
    return false;
}

/* Our path in a controller's hierarchy, cgroups(7); "" where there is none. */
static void own_path(const char *self, const char *controller, char path[TEXT_BYTES]) {
    path[0] = '\0';
    FILE *lines = fopen(self, "re");
    if (lines == NULL)
        return;
    char line[TEXT_BYTES];
    while (fgets(line, sizeof line, lines) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        char *controllers = strchr(line, ':');
        char *found = controllers == NULL ? NULL : strchr(controllers + 1, ':');
        if (found == NULL || !is_about(controllers + 1, (size_t)(found - controllers - 1), controller))
            continue;
        memmove(path, found + 1, strlen(found + 1) + 1);
        break;
    }
    fclose(lines);
}

/* Opens one counter. A container sees its own cgroup at the top, unless the host's whole tree is mounted there:
 * then the path of /proc/self/cgroup leads to it, so that is tried first. */
static int counter_open(const char *root, const char *mount, const char *path, const char *name) {
    char file[3 * TEXT_BYTES];
    (void)snprintf(file, sizeof file, "%s/%s%s/%s", root, mount, path, name);
    int fd = open(file, O_RDONLY | O_CLOEXEC);
    if (fd >= 0)
        return fd;
    (void)snprintf(file, sizeof file, "%s/%s/%s", root, mount, name);
    return open(file, O_RDONLY | O_CLOEXEC);
}

/* The number alone in a file, or the one behind a key. */
static int64_t counter_read(int fd, const char *key) {
    char text[TEXT_BYTES];
    if (fd < 0 || read_text(fd, text) < 0)
        return -1;
    const char *at = text;
    size_t key_size = key == NULL ? 0 : strlen(key);
    while (key != NULL && !(strncmp(at, key, key_size) == 0 && at[key_size] == ' ')) {
        at = strchr(at, '\n');
        if (at == NULL)
            return -1;
        at++;
    }
    char *end;
    errno = 0;
    long long value = strtoll(at + key_size, &end, 10);
    return end == at + key_size || errno != 0 || value < 0 ? -1 : value;
}

static int64_t number_in(const char *root, const char *mount, const char *path, const char *name) {
    int fd = counter_open(root, mount, path, name);
    int64_t number = counter_read(fd, NULL);
    if (fd >= 0)
        close(fd);
    return number;
}

struct cgroup cgroup_open(const char *root, const char *self) {
    char path[TEXT_BYTES];
    struct cgroup cgroup = {.oom_fd = -1, .cpu_fd = -1, .peak_fd = -1, .used_fd = -1};
    own_path(self, "memory", path);
    cgroup.oom_fd = counter_open(root, "memory", path, "memory.oom_control");
    if (cgroup.oom_fd >= 0) {
        cgroup.peak_fd = counter_open(root, "memory", path, "memory.max_usage_in_bytes");
        cgroup.used_fd = counter_open(root, "memory", path, "memory.usage_in_bytes");
        cgroup.limit_bytes = number_in(root, "memory", path, "memory.limit_in_bytes");
        own_path(self, "cpuacct", path);
        cgroup.cpu_fd = counter_open(root, "cpuacct", path, "cpuacct.usage");
        return cgroup;
    }
    cgroup.unified = true;
    own_path(self, "", path);
    cgroup.oom_fd = counter_open(root, "", path, "memory.events");
    cgroup.peak_fd = counter_open(root, "", path, "memory.peak");
    cgroup.used_fd = counter_open(root, "", path, "memory.current");
    cgroup.limit_bytes = number_in(root, "", path, "memory.max");
    cgroup.cpu_fd = counter_open(root, "", path, "cpu.stat");
    return cgroup;
}

struct usage cgroup_read(const struct cgroup *cgroup) {
    struct usage usage = {
        .oom_kills = counter_read(cgroup->oom_fd, "oom_kill"),
        .cpu_ns = counter_read(cgroup->cpu_fd, cgroup->unified ? "usage_usec" : NULL),
        .peak_bytes = counter_read(cgroup->peak_fd, NULL),
    };
    if (cgroup->unified && usage.cpu_ns >= 0)
        usage.cpu_ns *= 1000;
    return usage;
}

int64_t cgroup_room(const struct cgroup *cgroup) {
    int64_t used_bytes = counter_read(cgroup->used_fd, NULL);
    return used_bytes < 0 || cgroup->limit_bytes < 0 ? INT64_MAX : cgroup->limit_bytes - used_bytes;
}

void cgroup_close(struct cgroup *cgroup) {
    int *fds[] = {&cgroup->oom_fd, &cgroup->cpu_fd, &cgroup->peak_fd, &cgroup->used_fd};
    for (size_t i = 0; i < sizeof fds / sizeof fds[0]; i++) {
        if (*fds[i] >= 0)
            close(*fds[i]);
        *fds[i] = -1;
    }
}
