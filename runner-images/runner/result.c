/* The result: one JSON object on stdout. */
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#include "runner.h"

static const char *const OUTCOMES[] = {
    [COMPLETED] = "completed",       [FAILED] = "failed",
    [SIGNALED] = "signaled",         [TIMEOUT] = "timeout",
    [OUTPUT_LIMIT] = "output_limit", [OUT_OF_MEMORY] = "out_of_memory",
    [BUILD_FAILED] = "build_failed", [INVALID] = "invalid",
};

static const char *const PHASE_NAMES[PHASES] = {[PHASE_RUN] = "run", [PHASE_BUILD] = "build"};

enum { NAME_BYTES = 32 };

/* `SIGSEGV`, `SIGRTMIN+3`. */
static void signal_name(int number, char name[NAME_BYTES]) {
    const char *abbreviation = sigabbrev_np(number);
    if (abbreviation != NULL)
        (void)snprintf(name, NAME_BYTES, "SIG%s", abbreviation);
    else if (number >= SIGRTMIN && number <= SIGRTMAX)
        (void)snprintf(name, NAME_BYTES, "SIGRTMIN+%d", number - SIGRTMIN);
    else
        (void)snprintf(name, NAME_BYTES, "SIG%d", number);
}

void step_set(struct step *step, enum outcome outcome, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(step->error, sizeof step->error, format, arguments); /* a long message is truncated */
    va_end(arguments);
    step->outcome = outcome;
}

int step_set_no_memory(struct step *step) {
    step_set(step, FAILED, "The runner has no memory left");
    return -1;
}

void step_set_failure(struct step *step, enum outcome outcome) {
    char name[NAME_BYTES];
    if (WIFSIGNALED(step->status)) {
        signal_name(WTERMSIG(step->status), name);
        step_set(step, outcome, "Killed by signal %s", name);
    } else {
        step_set(step, outcome, "Exit code: %d", WEXITSTATUS(step->status));
    }
}

static void write_exit_code(struct writer *writer, const struct step *step) {
    if (step->has_status && WIFEXITED(step->status))
        write_format(writer, ",\"exitCode\":%d", WEXITSTATUS(step->status));
    else
        write_text(writer, ",\"exitCode\":null");
}

static void write_signal(struct writer *writer, const struct step *step) {
    char name[NAME_BYTES];
    if (!step->has_status || !WIFSIGNALED(step->status)) {
        write_text(writer, ",\"signal\":null");
        return;
    }
    signal_name(WTERMSIG(step->status), name);
    write_format(writer, ",\"signal\":\"%s\"", name);
}

/* Returns the size without a character that a limit has split. The program wrote a valid character, so the result must
 * not show U+FFFD for it. */
static size_t text_size(const struct capture *capture) {
    return capture->truncated ? utf8_without_partial(capture->data, capture->size) : capture->size;
}

static void write_output(struct writer *writer, const struct capture output[STREAMS]) {
    write_text(writer, "{\"stdout\":");
    write_json_string(writer, output[STREAM_OUT].data, text_size(&output[STREAM_OUT]));
    write_text(writer, ",\"stderr\":");
    write_json_string(writer, output[STREAM_ERR].data, text_size(&output[STREAM_ERR]));
}

static void write_output_details(struct writer *writer, const struct capture output[STREAMS]) {
    for (int i = 0; i < STREAMS; i++) {
        const struct capture *capture = &output[i];
        write_format(writer, ",\"%sBytes\":%llu,\"%sTruncated\":%s", STREAM_NAMES[i], (unsigned long long)capture->read_bytes,
                     STREAM_NAMES[i], capture->truncated ? "true" : "false");
        if (utf8_is_valid(capture->data, text_size(capture)))
            continue;
        write_format(writer, ",\"%sBase64\":\"", STREAM_NAMES[i]);
        write_base64(writer, capture->data, capture->size);
        write_text(writer, "\"");
    }
}

void build_write(struct writer *writer, const struct step *build) {
    write_text(writer, ",\"build\":");
    write_output(writer, build->output);
    write_exit_code(writer, build);
    write_format(writer, ",\"duration\":%lld}", (long long)build->duration_ns);
}

static void write_cases(struct writer *writer, const struct result *result) {
    write_text(writer, ",\"cases\":[");
    for (size_t i = 0; i < result->case_count; i++) {
        if (i > 0)
            write_text(writer, ",");
        result_write_object(writer, &result->cases[i]);
    }
    write_text(writer, "]");
}

void result_write_object(struct writer *writer, const struct result *result) {
    const struct step *step = &result->steps[result->phase];
    write_output(writer, step->output);
    write_text(writer, ",\"error\":");
    write_json_string(writer, step->error, strlen(step->error));
    write_format(writer, ",\"duration\":%lld,\"outcome\":\"%s\"", (long long)result->steps[PHASE_RUN].duration_ns,
                 OUTCOMES[step->outcome]);
    write_exit_code(writer, step);
    write_signal(writer, step);
    write_output_details(writer, step->output);
    write_format(writer, ",\"cpuTime\":%lld", (long long)result->cpu_ns);
    if (result->peak_bytes < 0)
        write_text(writer, ",\"memoryPeak\":null");
    else
        write_format(writer, ",\"memoryPeak\":%lld", (long long)result->peak_bytes);
    if (result->has_build)
        build_write(writer, &result->steps[PHASE_BUILD]);
    write_format(writer, ",\"phase\":\"%s\"", PHASE_NAMES[result->phase]);
    if (result->has_files)
        output_files_write(writer, &result->files);
    if (result->cases != NULL)
        write_cases(writer, result);
    if (result->matched != NOT_COMPARED)
        write_format(writer, ",\"matched\":%s", result->matched == MATCHED ? "true" : "false");
    if (result->has_streamed)
        write_format(writer, ",\"streamed\":%s", result->streamed ? "true" : "false");
    write_text(writer, "}");
}

int result_write(const struct result *result, int fd) {
    struct writer writer = {.fd = fd};
    result_write_object(&writer, result);
    write_text(&writer, "\n");
    return write_flush(&writer);
}
