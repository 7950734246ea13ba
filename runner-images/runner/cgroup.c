/* The counters of our cgroup, version 1 or 2: OOM kills, CPU time, memory.
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

/* Whether a list of controllers has the wanted one. A line of /proc/self/cgroup is `4:cpu,memory:/path`, or `0::/path` for v2. */
static bool has_controller(const char *controllers, size_t size, const char *wanted) {
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

/* Finds our path in a controller's hierarchy, cgroups(7); "" if it does not exist. */
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
        if (found == NULL || !has_controller(controllers + 1, (size_t)(found - controllers - 1), controller))
            continue;
        memmove(path, found + 1, strlen(found + 1) + 1);
        break;
    }
    fclose(lines);
}

/* Usually, the container's own cgroup is mounted at the top. If the host's whole tree is mounted, the path in
 * /proc/self/cgroup leads to our cgroup, so this path is tried first. */
static int counter_open(const char *root, const char *mount, const char *path, const char *name) {
    char file[3 * TEXT_BYTES];
    (void)snprintf(file, sizeof file, "%s/%s%s/%s", root, mount, path, name);
    int fd = open(file, O_RDONLY | O_CLOEXEC);
    if (fd >= 0)
        return fd;
    (void)snprintf(file, sizeof file, "%s/%s/%s", root, mount, name);
    return open(file, O_RDONLY | O_CLOEXEC);
}

/* Reads the number after a key or, if key is NULL, the only number in the file. */
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

static int64_t read_number(const char *root, const char *mount, const char *path, const char *name) {
    int fd = counter_open(root, mount, path, name);
    int64_t number = counter_read(fd, NULL);
    close_fd(&fd);
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
        cgroup.limit_bytes = read_number(root, "memory", path, "memory.limit_in_bytes");
        own_path(self, "cpuacct", path);
        cgroup.cpu_fd = counter_open(root, "cpuacct", path, "cpuacct.usage");
        return cgroup;
    }
    cgroup.unified = true;
    own_path(self, "", path);
    cgroup.oom_fd = counter_open(root, "", path, "memory.events");
    cgroup.peak_fd = counter_open(root, "", path, "memory.peak");
    cgroup.used_fd = counter_open(root, "", path, "memory.current");
    cgroup.limit_bytes = read_number(root, "", path, "memory.max");
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

int64_t cgroup_free_bytes(const struct cgroup *cgroup) {
    int64_t used_bytes = counter_read(cgroup->used_fd, NULL);
    return used_bytes < 0 || cgroup->limit_bytes < 0 ? INT64_MAX : cgroup->limit_bytes - used_bytes;
}

void cgroup_close(struct cgroup *cgroup) {
    int *fds[] = {&cgroup->oom_fd, &cgroup->cpu_fd, &cgroup->peak_fd, &cgroup->used_fd};
    for (size_t i = 0; i < sizeof fds / sizeof fds[0]; i++)
        close_fd(fds[i]);
}
