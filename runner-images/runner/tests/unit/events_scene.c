#include "events_scene.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void scene_open(struct events_scene *scene, bool live) {
    *scene = (struct events_scene){.result = {.peak_bytes = -1, .has_streamed = true, .streamed = live}};
    EXPECT(pipe2(scene->fds, O_CLOEXEC) == 0 && fcntl(scene->fds[0], F_SETFL, O_NONBLOCK) == 0);
    scene->events = events_new(scene->fds[1], live, &scene->result);
    EXPECT(scene->events != NULL);
}

void scene_close(struct events_scene *scene) {
    close(scene->fds[0]);
    close(scene->fds[1]);
    for (int stream = 0; stream < STREAMS; stream++) {
        capture_free(&scene->result.steps[PHASE_RUN].output[stream]);
        capture_free(&scene->result.steps[PHASE_BUILD].output[stream]);
    }
    free(scene->events->writer.memory);
    free(scene->events);
}

void scene_output(struct events_scene *scene, int stream, const char *bytes, size_t size) {
    struct capture *capture = &scene->result.steps[scene->result.phase].output[stream];
    EXPECT(buffer_reserve(&capture->data, &capture->capacity, capture->size + size + 1, 64) == 0);
    memcpy(capture->data + capture->size, bytes, size);
    capture->size += size;
    capture->read_bytes += size;
    events_add(scene->events, stream, size);
    events_write(scene->events);
}

void scene_print(struct events_scene *scene, int stream, const char *text) {
    scene_output(scene, stream, text, strlen(text));
}

const char *scene_read(struct events_scene *scene) {
    static char bytes[65537];
    ssize_t size = read(scene->fds[0], bytes, sizeof bytes - 1);
    bytes[size < 0 ? 0 : size] = '\0';
    return bytes;
}
