/* Writes each event as one line of JSON. */
#include "runner.h"

const struct capture *events_output(const struct events *events) {
    const struct result *result = events->result;
    const struct result *one = events->cases_written < result->case_count ? &result->cases[events->cases_written] : result;
    return one->steps[PHASE_RUN].output;
}

void write_output_event(struct events *events, int stream, const char *bytes, size_t size) {
    struct writer *writer = &events->writer;
    bool is_text = utf8_is_valid(bytes, size);
    write_format(writer, "{\"type\":\"%s\",\"%s\":", STREAM_NAMES[stream], is_text ? "text" : "base64");
    if (is_text) {
        write_json_string(writer, bytes, size);
    } else {
        write_text(writer, "\"");
        write_base64(writer, bytes, size);
        write_text(writer, "\"");
    }
    if (events->result->cases != NULL)
        write_format(writer, ",\"case\":%zu", events->cases_written);
    write_text(writer, "}\n");
}

/* Writes an incomplete character at the end, unless the output limit split it, because the result then omits it too. */
static void write_incomplete(struct events *events) {
    for (int stream = 0; stream < STREAMS; stream++) {
        const struct capture *capture = &events_output(events)[stream];
        size_t sent = events->sent[stream];
        if (sent < capture->size && !(capture->truncated && utf8_is_valid(capture->data, sent)))
            write_output_event(events, stream, capture->data + sent, capture->size - sent);
        events->seen[stream] = events->sent[stream] = 0;
    }
}

void write_build_event(struct events *events) {
    write_text(&events->writer, "{\"type\":\"build\"");
    build_write(&events->writer, &events->result->steps[PHASE_BUILD]);
    write_text(&events->writer, "}\n");
}

void write_case_event(struct events *events) {
    write_incomplete(events);
    write_format(&events->writer, "{\"type\":\"case\",\"index\":%zu,\"result\":", events->cases_written);
    result_write_object(&events->writer, &events->result->cases[events->cases_written]);
    write_text(&events->writer, "}\n");
    events->cases_written++;
}

void write_result_event(struct events *events) {
    write_incomplete(events);
    write_text(&events->writer, "{\"type\":\"result\",\"result\":");
    result_write_object(&events->writer, events->result);
    write_text(&events->writer, "}\n");
}
