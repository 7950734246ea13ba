/* The event writer, with a pipe as the service. */
#ifndef EVENTS_SCENE_H
#define EVENTS_SCENE_H

#include "check.h"
#include "runner.h"

/* A run whose output the test writes. */
struct events_scene {
    int fds[2];
    struct result result;
    struct events *events;
};

void scene_open(struct events_scene *scene, bool live);
void scene_close(struct events_scene *scene);
/* Adds output of the program, and writes events. */
void scene_output(struct events_scene *scene, int stream, const char *bytes, size_t size);
void scene_print(struct events_scene *scene, int stream, const char *text);
/* Returns what the service can read now, terminated by NUL, up to 64 KiB. The next call overwrites it. */
const char *scene_read(struct events_scene *scene);

#endif
