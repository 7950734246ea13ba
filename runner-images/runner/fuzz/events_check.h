/* A run of the fuzzer of events, and the check of the lines that the runner wrote for it. */
#ifndef FUZZ_EVENTS_CHECK_H
#define FUZZ_EVENTS_CHECK_H

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "runner.h"

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

enum { MOST_CASES = 8 };
/* The bits of the first byte, which select the kind of run. */
enum { LIVE = 1, TRUNCATED_OUT = 2, TRUNCATED_ERR = 4, WITH_BUILD = 8, WITH_CASES = 16 };

/* A run whose events are written to a file. */
struct scene {
    uint8_t kind;
    struct result result;
    struct result cases[MOST_CASES + 1];
    struct events *events;
};

/* The content of the lines that were checked so far. */
struct lines {
    struct capture seen[STREAMS];
    size_t cases;
    bool built;
    bool ended;
};

static const struct capture *kept(const struct scene *scene, const struct lines *lines) {
    return (scene->result.cases != NULL ? &scene->cases[lines->cases] : &scene->result)->steps[PHASE_RUN].output;
}

/* The output is complete, except for a character that the limit has split. */
static void require_complete(const struct scene *scene, struct lines *lines) {
    for (int stream = 0; stream < STREAMS; stream++) {
        const struct capture *whole = &kept(scene, lines)[stream];
        size_t least = whole->truncated ? utf8_without_partial(whole->data, whole->size) : whole->size;
        require(lines->seen[stream].size >= least);
        capture_free(&lines->seen[stream]);
        lines->seen[stream] = (struct capture){0};
    }
}

static void check_output(const struct scene *scene, yyjson_val *event, int stream, struct lines *lines) {
    yyjson_val *text = yyjson_obj_get(event, "text"), *base64 = yyjson_obj_get(event, "base64"), *index = yyjson_obj_get(event, "case");
    require(yyjson_is_str(text) != yyjson_is_str(base64) && (index != NULL) == (scene->result.cases != NULL));
    require(index == NULL || yyjson_get_uint(index) == lines->cases);
    char *bytes = (char *)yyjson_get_str(text != NULL ? text : base64);
    size_t length = yyjson_get_len(text != NULL ? text : base64);
    if (base64 != NULL) {
        ssize_t decoded = base64_decode(bytes, length);
        require(decoded > 0 && !utf8_is_valid(bytes, (size_t)decoded));
        length = (size_t)decoded;
    }
    require(length > 0);
    struct capture *seen = &lines->seen[stream];
    const struct capture *whole = &kept(scene, lines)[stream];
    append(seen, bytes, length);
    require(seen->size <= whole->size && memcmp(seen->data, whole->data, seen->size) == 0);
}

static void check_line(const struct scene *scene, char *line, size_t size, struct lines *lines) {
    yyjson_doc *doc = yyjson_read(line, size, 0);
    yyjson_val *root = yyjson_doc_get_root(doc);
    yyjson_val *type = yyjson_obj_get(root, "type");
    require(yyjson_is_obj(root) && yyjson_is_str(type) && !lines->ended);
    if (yyjson_equals_str(type, "build")) {
        require(scene->result.has_build && !lines->built && lines->cases == 0 && lines->seen[STREAM_OUT].size + lines->seen[STREAM_ERR].size == 0);
        require(yyjson_is_obj(yyjson_obj_get(root, "build")));
        lines->built = true;
    } else if (yyjson_equals_str(type, "case")) {
        require(lines->cases < scene->result.case_count && yyjson_get_uint(yyjson_obj_get(root, "index")) == lines->cases);
        require(yyjson_is_obj(yyjson_obj_get(root, "result")));
        require_complete(scene, lines);
        lines->cases++;
    } else if (yyjson_equals_str(type, "result")) {
        require(yyjson_is_obj(yyjson_obj_get(root, "result")));
        lines->ended = true;
    } else {
        bool is_error = yyjson_equals_str(type, "stderr");
        require(is_error || yyjson_equals_str(type, "stdout"));
        check_output(scene, root, is_error ? STREAM_ERR : STREAM_OUT, lines);
    }
    yyjson_doc_free(doc);
}

static void check(struct scene *scene, int fd) {
    struct lines lines = {0};
    size_t size = (size_t)lseek(fd, 0, SEEK_END);
    char *bytes = malloc(size + 1);
    require(bytes != NULL && pread(fd, bytes, size, 0) == (ssize_t)size);
    for (char *at = bytes, *end = bytes + size; at < end;) {
        char *newline = memchr(at, '\n', (size_t)(end - at));
        require(newline != NULL);
        check_line(scene, at, (size_t)(newline - at), &lines);
        at = newline + 1;
    }
    require(lines.ended && lines.built == scene->result.has_build && lines.cases == scene->result.case_count);
    if (scene->result.cases == NULL && scene->result.phase == PHASE_RUN)
        require_complete(scene, &lines);
    free(bytes);
}

#endif
