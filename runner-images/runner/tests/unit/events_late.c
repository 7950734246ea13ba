/* Events that cannot be written immediately: the service does not read, or there is not enough memory. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "events_scene.h"

/* Reads all events and counts the bytes of each stream. */
static void read_all(struct events_scene *scene, size_t bytes[STREAMS]) {
    pid_t pid = fork();
    if (pid == 0)
        _exit(events_end(scene->events) == 0 ? 0 : 1);
    close(scene->fds[1]);
    scene->fds[1] = -1;
    EXPECT(fcntl(scene->fds[0], F_SETFL, 0) == 0);
    FILE *in = fdopen(scene->fds[0], "r");
    char *line = NULL;
    size_t capacity = 0;
    ssize_t size;
    while ((size = getline(&line, &capacity, in)) > 0) {
        yyjson_doc *doc = yyjson_read(line, (size_t)size, 0);
        const char *type = yyjson_get_str(yyjson_obj_get(yyjson_doc_get_root(doc), "type"));
        size_t length = yyjson_get_len(yyjson_obj_get(yyjson_doc_get_root(doc), "text"));
        EXPECT_IN(type != NULL, "%.200s", line);
        if (type != NULL && strcmp(type, "result") != 0)
            bytes[strcmp(type, "stderr") == 0 ? STREAM_ERR : STREAM_OUT] += length;
        yyjson_doc_free(doc);
    }
    free(line);
    fclose(in);
    scene->fds[0] = -1;
}

/* If the service does not read, the writer must not block. It must lose nothing although its list is full. */
static void slow_reader(void) {
    struct events_scene scene;
    size_t bytes[STREAMS] = {0};
    scene_open(&scene, true);
    events_start(scene.events);
    for (int i = 0; i < 2 * EVENTS_MOST_ITEMS; i++)
        scene_print(&scene, i % 2 == 0 ? STREAM_OUT : STREAM_ERR, "\x01line\n");
    EXPECT(scene.events->blocked && scene.events->overflowed);
    read_all(&scene, bytes);
    EXPECT_IN(bytes[STREAM_OUT] == 6 * EVENTS_MOST_ITEMS && bytes[STREAM_ERR] == 6 * EVENTS_MOST_ITEMS, "%zu %zu",
              bytes[STREAM_OUT], bytes[STREAM_ERR]);
    scene_close(&scene);
}

static void long_output(void) {
    struct events_scene scene;
    size_t bytes[STREAMS] = {0};
    char *text = malloc(300000);
    memset(text, '\x01', 300000);
    scene_open(&scene, true);
    events_start(scene.events);
    scene_output(&scene, STREAM_OUT, text, 300000);
    EXPECT(scene.events->blocked && scene.events->writer.memory_capacity <= 262144);
    read_all(&scene, bytes);
    EXPECT_IN(bytes[STREAM_OUT] == 300000, "%zu", bytes[STREAM_OUT]);
    free(text);
    scene_close(&scene);
}

/* A container with 4 MiB of free memory. */
static void no_memory(void) {
    struct events_scene scene;
    int fd = memory_file();
    EXPECT(write(fd, "4194304\n", 8) == 8);
    struct cgroup cgroup = {.limit_bytes = 8388608, .oom_fd = -1, .cpu_fd = -1, .peak_fd = -1, .used_fd = fd};
    struct memory memory = {.cgroup = &cgroup};
    scene_open(&scene, true);
    scene.events->memory = &memory;
    scene.result.phase = PHASE_BUILD;
    scene.result.has_build = true;
    events_build(scene.events);
    scene.result.phase = PHASE_RUN;
    events_start(scene.events);
    scene_print(&scene, STREAM_OUT, "late");
    EXPECT_IN(*scene_read(&scene) == '\0', "%s", "an event was written");
    EXPECT(events_end(scene.events) == 0);
    const char *bytes = scene_read(&scene);
    const char *output = strstr(bytes, "}\n{\"type\":\"stdout\",\"text\":\"late\"}\n{\"type\":\"result\",");
    EXPECT_IN(strncmp(bytes, "{\"type\":\"build\",", 16) == 0 && output != NULL, "%s", bytes);
    close(fd);
    scene_close(&scene);
}

void events_late_tests(void) {
    test("if the service does not read, nothing blocks and nothing is lost", slow_reader);
    test("long output is written in parts", long_output);
    test("a long event that needs more memory than the container has is written at the end", no_memory);
}
