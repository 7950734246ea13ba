/* Fits the answer into the bytes that a client without settings of its own reads: glot's docker-run counts the whole
 * JSON, where a control character takes six bytes, and one that is no text takes U+FFFD and its base64. */
#include <string.h>

#include "runner.h"

/* All fields but the texts: names, numbers at their longest, and the newline. */
enum { OTHER_BYTES = 700 };

/* One captured stream, and how the answer shows it. */
struct shown {
    struct capture *capture;
    /* As the program's and as its build's, when a failed build's output stands for the program's. */
    size_t copies;
    bool exact;
    size_t bytes;
};

static size_t shown_bytes(const struct shown *shown, size_t head, bool is_cut) {
    const char *data = shown->capture->data;
    size_t text = is_cut ? utf8_without_partial(data, head) : head;
    size_t bytes = shown->copies * json_string_bytes(data, text);
    return shown->exact && !utf8_is_valid(data, text) ? bytes + base64_bytes(head) : bytes;
}

/* The longest head that takes at most this many bytes; the rest is cut. */
static void cut(struct shown *shown, size_t most_bytes) {
    size_t fits = 0;
    size_t beyond = shown->capture->size;
    while (beyond - fits > 1) {
        size_t middle = fits + (beyond - fits) / 2;
        if (shown_bytes(shown, middle, true) <= most_bytes)
            fits = middle;
        else
            beyond = middle;
    }
    shown->capture->size = fits;
    shown->capture->truncated = true;
    shown->bytes = shown_bytes(shown, fits, true);
}

/* What the shortest streams don't use of their share is the longer ones'. */
static void share(struct shown *streams, size_t count, size_t left_bytes) {
    for (size_t taken = 0; taken < count; taken++) {
        size_t shortest = taken;
        for (size_t i = taken + 1; i < count; i++)
            if (streams[i].bytes < streams[shortest].bytes)
                shortest = i;
        struct shown now = streams[shortest];
        streams[shortest] = streams[taken];
        size_t share_bytes = left_bytes / (count - taken);
        if (now.bytes > share_bytes)
            cut(&now, share_bytes);
        streams[taken] = now;
        left_bytes -= now.bytes < left_bytes ? now.bytes : left_bytes;
    }
}

void result_fit(struct result *result, size_t most_bytes) {
    size_t copies = result->folded ? 2 : 1;
    struct step *shown = result->folded ? &result->build : &result->run;
    struct shown streams[] = {
        {&shown->output[STREAM_OUT], copies, true, 0},
        {&shown->output[STREAM_ERR], copies, true, 0},
        {&result->build.output[STREAM_OUT], 1, false, 0},
        {&result->build.output[STREAM_ERR], 1, false, 0},
    };
    size_t count = result->folded ? 2 : 4;
    size_t total = OTHER_BYTES + json_string_bytes(result->error, strlen(result->error));
    size_t left_bytes = most_bytes > total ? most_bytes - total : 0;
    for (size_t i = 0; i < count; i++) {
        streams[i].bytes = shown_bytes(&streams[i], streams[i].capture->size, streams[i].capture->truncated);
        total += streams[i].bytes;
    }
    if (total <= most_bytes)
        return;
    share(streams, count, left_bytes);
    if (result->outcome == COMPLETED || result->outcome == FAILED || result->outcome == SIGNALED)
        result_set(result, OUTPUT_LIMIT, "Output limit of %zu bytes, as JSON, exceeded", most_bytes);
}
