/* Truncates the output if the client has not set an output limit, because glot's docker-run reads only a result of this
 * size. It counts the bytes of the JSON: a control character takes six bytes, and a single byte that is not UTF-8 adds
 * the base64 of the whole stream. */
#include <string.h>

#include "runner.h"

/* The size of everything except the texts: names, the longest numbers, the newline. */
enum { OTHER_BYTES = 700 };

/* A stream as it appears in the result. */
struct shown {
    struct capture *capture;
    /* 2 if the output of a failed build appears both in the build and as the program's output. */
    size_t copies;
    bool has_base64;
    size_t bytes;
};

static size_t shown_bytes(const struct shown *shown, size_t size, bool truncated) {
    const char *data = shown->capture->data;
    size_t text_size = truncated ? utf8_without_partial(data, size) : size;
    size_t bytes = shown->copies * json_string_bytes(data, text_size);
    return shown->has_base64 && !utf8_is_valid(data, text_size) ? bytes + base64_bytes(size) : bytes;
}

/* Truncates a stream so that its JSON takes at most this many bytes. */
static void truncate_stream(struct shown *shown, size_t most_bytes) {
    size_t fits = 0;
    size_t too_long = shown->capture->size;
    while (too_long - fits > 1) {
        size_t middle = fits + (too_long - fits) / 2;
        if (shown_bytes(shown, middle, true) <= most_bytes)
            fits = middle;
        else
            too_long = middle;
    }
    shown->capture->size = fits;
    shown->capture->truncated = true;
    shown->bytes = shown_bytes(shown, fits, true);
}

/* Gives every stream an equal share. Longer streams get the bytes that shorter streams do not use. */
static void share(struct shown *streams, size_t count, size_t left_bytes) {
    for (size_t done = 0; done < count; done++) {
        size_t shortest = done;
        for (size_t i = done + 1; i < count; i++)
            if (streams[i].bytes < streams[shortest].bytes)
                shortest = i;
        struct shown stream = streams[shortest];
        streams[shortest] = streams[done];
        size_t share_bytes = left_bytes / (count - done);
        if (stream.bytes > share_bytes)
            truncate_stream(&stream, share_bytes);
        streams[done] = stream;
        left_bytes -= stream.bytes < left_bytes ? stream.bytes : left_bytes;
    }
}

void result_truncate(struct result *result, size_t most_bytes) {
    bool build_shown = result->phase == PHASE_BUILD;
    size_t copies = build_shown ? 2 : 1;
    struct step *step = &result->steps[result->phase];
    struct shown streams[] = {
        {&step->output[STREAM_OUT], copies, true, 0},
        {&step->output[STREAM_ERR], copies, true, 0},
        {&result->steps[PHASE_BUILD].output[STREAM_OUT], 1, false, 0},
        {&result->steps[PHASE_BUILD].output[STREAM_ERR], 1, false, 0},
    };
    size_t count = build_shown ? 2 : 4;
    size_t total = OTHER_BYTES + json_string_bytes(step->error, strlen(step->error));
    size_t left_bytes = most_bytes > total ? most_bytes - total : 0;
    for (size_t i = 0; i < count; i++) {
        streams[i].bytes = shown_bytes(&streams[i], streams[i].capture->size, streams[i].capture->truncated);
        total += streams[i].bytes;
    }
    if (total <= most_bytes)
        return;
    share(streams, count, left_bytes);
    if (step->outcome == COMPLETED || step->outcome == FAILED || step->outcome == SIGNALED)
        step_set(step, OUTPUT_LIMIT, "Output limit of %zu bytes, as JSON, exceeded", most_bytes);
}
