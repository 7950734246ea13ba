/* Whatever a program writes, and whenever the service reads: the events are lines of JSON that contain the kept output, in order, and
 * the result is the last one. Each step of the input is a byte that selects what happens, and the bytes of a write. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "runner.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds) {
    if (!holds)
        abort();
}

static void append(struct capture *capture, const char *bytes, size_t size) {
    if (size == 0)
        return;
    require(buffer_reserve(&capture->data, &capture->capacity, capture->size + size, 16) == 0);
    memcpy(capture->data + capture->size, bytes, size);
    capture->size += size;
    capture->read_bytes += size;
}

/* A run with the events on a file, whose content the events of the test are then compared with. */
struct scene {
    struct result result;
    struct events *events;
};

static void output(struct scene *scene, int stream, const char *bytes, size_t size) {
    append(&scene->result.steps[PHASE_RUN].output[stream], bytes, size);
    events_add(scene->events, stream, size);
}

static void play(struct scene *scene, const uint8_t *data, size_t size) {
    while (size > 0) {
        uint8_t choice = *data++;
        size--;
        size_t taken = choice >> 3 < size ? choice >> 3 : size;
        switch (choice & 7) {
        case 0:
            events_start(scene->events);
            break;
        case 1:
            events_write(scene->events);
            break;
        case 2:
            scene->events->blocked = !scene->events->blocked; /* a reader that is slow for a while */
            break;
        default:
            output(scene, choice & 1, (const char *)data, taken);
            data += taken;
            size -= taken;
        }
    }
}

static void check_line(const struct scene *scene, char *line, size_t size, struct capture seen[STREAMS], bool *ended) {
    yyjson_doc *doc = yyjson_read(line, size, 0);
    yyjson_val *root = yyjson_doc_get_root(doc);
    yyjson_val *type = yyjson_obj_get(root, "type"), *text = yyjson_obj_get(root, "text"), *base64 = yyjson_obj_get(root, "base64");
    require(yyjson_is_obj(root) && yyjson_is_str(type) && !*ended);
    if (yyjson_equals_str(type, "result")) {
        *ended = true;
    } else {
        int stream = yyjson_equals_str(type, "stderr") ? STREAM_ERR : STREAM_OUT;
        require(stream == STREAM_ERR || yyjson_equals_str(type, "stdout"));
        require(yyjson_is_str(text) != yyjson_is_str(base64));
        char *bytes = (char *)yyjson_get_str(text != NULL ? text : base64);
        size_t length = yyjson_get_len(text != NULL ? text : base64);
        if (base64 != NULL) {
            ssize_t decoded = base64_decode(bytes, length);
            require(decoded > 0 && !utf8_is_valid(bytes, (size_t)decoded));
            length = (size_t)decoded;
        }
        require(length > 0);
        append(&seen[stream], bytes, length);
        const struct capture *kept = &scene->result.steps[PHASE_RUN].output[stream];
        require(seen[stream].size <= kept->size && memcmp(seen[stream].data, kept->data, seen[stream].size) == 0);
    }
    yyjson_doc_free(doc);
}

static void check(struct scene *scene, int fd) {
    struct capture seen[STREAMS] = {0};
    bool ended = false;
    size_t size = (size_t)lseek(fd, 0, SEEK_END);
    char *bytes = malloc(size + 1);
    require(bytes != NULL && pread(fd, bytes, size, 0) == (ssize_t)size);
    for (char *at = bytes, *end = bytes + size; at < end;) {
        char *newline = memchr(at, '\n', (size_t)(end - at));
        require(newline != NULL);
        check_line(scene, at, (size_t)(newline - at), seen, &ended);
        at = newline + 1;
    }
    require(ended);
    for (int stream = 0; stream < STREAMS; stream++) {
        const struct capture *kept = &scene->result.steps[PHASE_RUN].output[stream];
        size_t least = kept->truncated ? utf8_without_partial(kept->data, kept->size) : kept->size;
        require(seen[stream].size >= least);
        capture_free(&seen[stream]);
    }
    free(bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static int fd = -1;
    struct scene scene = {.result = {.peak_bytes = -1, .has_streamed = true}};
    if (fd < 0)
        fd = memfd_create("events", MFD_CLOEXEC);
    require(fd >= 0 && ftruncate(fd, 0) == 0 && lseek(fd, 0, SEEK_SET) == 0);
    if (size == 0)
        return 0;
    scene.events = events_new(fd, data[0] & 1, &scene.result);
    require(scene.events != NULL);
    play(&scene, data + 1, size - 1);
    struct capture *kept = scene.result.steps[PHASE_RUN].output;
    kept[STREAM_OUT].truncated = data[0] & 2;
    kept[STREAM_ERR].truncated = data[0] & 4;
    require(events_end(scene.events) == 0);
    check(&scene, fd);
    capture_free(&kept[STREAM_OUT]);
    capture_free(&kept[STREAM_ERR]);
    free(scene.events->writer.memory);
    free(scene.events);
    return 0;
}
