/* Checks the events for any output of a build, a program and its cases, and for a service that reads at any times: the
 * events are lines of JSON, they contain the kept output in order, and the last one is the result. The first byte
 * selects the kind of run. Each step of the input is a byte that selects what happens, and the bytes of a write. */
#include <fcntl.h>
#include <sys/mman.h>

#include "events_check.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct capture *current_output(struct scene *scene) {
    struct result *result = &scene->result;
    if (result->phase == PHASE_BUILD)
        return result->steps[PHASE_BUILD].output;
    return result->case_count > 0 ? result->cases[result->case_count - 1].steps[PHASE_RUN].output : result->steps[PHASE_RUN].output;
}

static void begin_case(struct scene *scene) {
    if (scene->result.cases == NULL || scene->result.case_count == MOST_CASES)
        return;
    scene->result.cases[scene->result.case_count++] = (struct result){.peak_bytes = -1};
    events_start(scene->events);
}

static void end_output(struct scene *scene) {
    struct capture *output = current_output(scene);
    output[STREAM_OUT].truncated = scene->kind & TRUNCATED_OUT;
    output[STREAM_ERR].truncated = scene->kind & TRUNCATED_ERR;
}

static void end_case(struct scene *scene) {
    if (scene->result.phase == PHASE_BUILD || scene->result.case_count == 0)
        return;
    end_output(scene);
    events_case(scene->events);
}

static void end_build(struct scene *scene) {
    if (scene->result.phase != PHASE_BUILD)
        return;
    events_build(scene->events);
    scene->result.phase = PHASE_RUN;
    begin_case(scene);
}

/* The output was that of a warm interpreter that cannot run the program. */
static void discard(struct scene *scene) {
    if (scene->events->started || scene->result.has_build || scene->result.cases != NULL)
        return;
    for (int stream = 0; stream < STREAMS; stream++)
        capture_free(&scene->result.steps[PHASE_RUN].output[stream]);
    memset(&scene->result.steps[PHASE_RUN], 0, sizeof scene->result.steps[PHASE_RUN]);
    events_forget(scene->events);
}

static void output(struct scene *scene, int stream, const char *bytes, size_t size) {
    append(&current_output(scene)[stream], bytes, size);
    events_add(scene->events, stream, size);
}

static void act(struct scene *scene, uint8_t choice) {
    switch (choice & 7) {
    case 0:
        if (scene->result.phase == PHASE_RUN)
            events_start(scene->events);
        break;
    case 1:
        events_write(scene->events);
        break;
    case 2: /* a reader that is slow for a while, or too little memory for the rest of the run */
        scene->events->blocked = !scene->events->blocked;
        scene->events->deferred = scene->events->deferred || choice >> 3 == 31;
        break;
    case 3:
        discard(scene);
        break;
    case 4:
        end_build(scene);
        break;
    case 5:
        if (scene->result.phase == PHASE_RUN && scene->result.case_count < MOST_CASES) {
            end_case(scene);
            begin_case(scene);
        }
        break;
    }
}

static void play(struct scene *scene, const uint8_t *data, size_t size) {
    while (size > 0) {
        uint8_t choice = *data++;
        size--;
        if ((choice & 7) < 6) {
            act(scene, choice);
            continue;
        }
        size_t taken = choice >> 3 < size ? choice >> 3 : size;
        output(scene, choice & 1, (const char *)data, taken);
        data += taken;
        size -= taken;
    }
    if (scene->result.phase == PHASE_BUILD)
        events_build(scene->events); /* it failed */
    end_case(scene);
    if (scene->result.cases == NULL)
        end_output(scene);
}

static void free_outputs(struct result *result) {
    for (int phase = 0; phase < PHASES; phase++)
        for (int stream = 0; stream < STREAMS; stream++)
            capture_free(&result->steps[phase].output[stream]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static int fd = -1;
    struct scene scene = {.result = {.peak_bytes = -1, .has_streamed = true}};
    if (fd < 0)
        fd = memfd_create("events", MFD_CLOEXEC);
    require(fd >= 0 && ftruncate(fd, 0) == 0 && lseek(fd, 0, SEEK_SET) == 0);
    if (size == 0)
        return 0;
    scene.kind = data[0];
    scene.result.cases = scene.kind & WITH_CASES ? scene.cases : NULL;
    scene.result.has_build = scene.kind & WITH_BUILD;
    scene.result.phase = scene.result.has_build ? PHASE_BUILD : PHASE_RUN;
    scene.events = events_new(fd, scene.kind & LIVE, &scene.result);
    require(scene.events != NULL);
    if (scene.result.phase == PHASE_RUN)
        begin_case(&scene);
    play(&scene, data + 1, size - 1);
    require(events_end(scene.events) == 0);
    check(&scene, fd);
    free_outputs(&scene.result);
    for (size_t i = 0; i < scene.result.case_count; i++)
        free_outputs(&scene.cases[i]);
    free(scene.events->writer.memory);
    free(scene.events);
    return 0;
}
