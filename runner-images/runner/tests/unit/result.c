#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "check.h"
#include "runner.h"

static yyjson_doc *parsed(const struct result *result) {
    size_t size;
    int fd = memory_file();
    EXPECT(result_write(result, fd) == 0);
    char *text = written_to(fd, &size);
    EXPECT_IN(strstr(text, result->phase == PHASE_BUILD ? ",\"phase\":\"build\"}\n" : ",\"phase\":\"run\"}\n") != NULL, "%s", text);
    EXPECT(size > 1 && text[size - 1] == '\n' && memchr(text, '\n', size - 1) == NULL);
    yyjson_doc *doc = yyjson_read(text, size, 0);
    EXPECT_IN(doc != NULL, "%s", text);
    free(text);
    return doc;
}

static yyjson_val *field(yyjson_doc *doc, const char *name) {
    return yyjson_obj_get(yyjson_doc_get_root(doc), name);
}

static struct capture captured(const char *text, bool truncated) {
    size_t size = strlen(text);
    return (struct capture){.data = strdup(text), .size = size, .read_bytes = size, .truncated = truncated};
}

static void complete(void) {
    struct result result = {.steps[PHASE_RUN] = {.has_status = true, .duration_ns = 5}, .cpu_ns = 7, .peak_bytes = -1};
    result.steps[PHASE_RUN].output[STREAM_OUT] = captured("h\xc3\xa4\n", false);
    yyjson_doc *doc = parsed(&result);
    EXPECT(yyjson_equals_str(field(doc, "stdout"), "h\xc3\xa4\n") && yyjson_equals_str(field(doc, "stderr"), ""));
    EXPECT(yyjson_equals_str(field(doc, "error"), "") && yyjson_equals_str(field(doc, "outcome"), "completed"));
    EXPECT(yyjson_get_int(field(doc, "duration")) == 5 && yyjson_get_int(field(doc, "cpuTime")) == 7);
    EXPECT(yyjson_is_int(field(doc, "exitCode")) && yyjson_is_null(field(doc, "signal")) && yyjson_is_null(field(doc, "memoryPeak")));
    EXPECT(yyjson_get_int(field(doc, "stdoutBytes")) == 4 && yyjson_is_false(field(doc, "stdoutTruncated")));
    EXPECT(field(doc, "stdoutBase64") == NULL && field(doc, "build") == NULL);
    yyjson_doc_free(doc);
    capture_free(&result.steps[PHASE_RUN].output[STREAM_OUT]);
}

static void exact_bytes(void) {
    static const struct {
        const char *bytes;
        bool truncated;
        const char *text, *base64; /* NULL: absent */
    } OUTPUTS[] = {
        {"a\xff", false, "a\xef\xbf\xbd", "Yf8="},
        {"a\xff", true, "a\xef\xbf\xbd", "Yf8="},
        {"a\xc3", true, "a", NULL},
        {"a\xc3", false, "a\xef\xbf\xbd", "YcM="},
        {"\xff\xc3", true, "\xef\xbf\xbd", "/8M="},
    };
    for (size_t i = 0; i < COUNT(OUTPUTS); i++) {
        struct result result = {0};
        result.steps[PHASE_RUN].output[STREAM_ERR] = captured(OUTPUTS[i].bytes, OUTPUTS[i].truncated);
        yyjson_doc *doc = parsed(&result);
        EXPECT_IN(yyjson_equals_str(field(doc, "stderr"), OUTPUTS[i].text), "output %zu", i);
        if (OUTPUTS[i].base64 == NULL)
            EXPECT_IN(field(doc, "stderrBase64") == NULL, "output %zu", i);
        else
            EXPECT_IN(yyjson_equals_str(field(doc, "stderrBase64"), OUTPUTS[i].base64), "output %zu", i);
        EXPECT(field(doc, "stdoutBase64") == NULL);
        yyjson_doc_free(doc);
        capture_free(&result.steps[PHASE_RUN].output[STREAM_ERR]);
    }
}

static void failed_build(void) {
    struct result result = {.phase = PHASE_BUILD, .has_build = true, .peak_bytes = 9};
    struct step *step = &result.steps[PHASE_BUILD];
    *step = (struct step){.has_status = true, .status = W_EXITCODE(2, 0), .duration_ns = 3};
    step->output[STREAM_ERR] = captured("error", false);
    step_set_failure(step, BUILD_FAILED);
    yyjson_doc *doc = parsed(&result);
    yyjson_val *build = field(doc, "build");
    EXPECT(yyjson_equals_str(field(doc, "stderr"), "error") && yyjson_equals_str(yyjson_obj_get(build, "stderr"), "error"));
    EXPECT(yyjson_get_int(field(doc, "exitCode")) == 2 && yyjson_get_int(yyjson_obj_get(build, "exitCode")) == 2);
    EXPECT(yyjson_equals_str(field(doc, "error"), "Exit code: 2") && yyjson_get_int(yyjson_obj_get(build, "duration")) == 3);
    EXPECT(yyjson_get_int(field(doc, "memoryPeak")) == 9 && yyjson_get_int(field(doc, "duration")) == 0);
    yyjson_doc_free(doc);
    capture_free(&step->output[STREAM_ERR]);
}

static void signals(void) {
    const struct {
        int number;
        const char *name;
    } SIGNALS[] = {{SIGSEGV, "SIGSEGV"}, {SIGKILL, "SIGKILL"}, {SIGXCPU, "SIGXCPU"}, {SIGRTMIN + 3, "SIGRTMIN+3"}, {33, "SIG33"}};
    for (size_t i = 0; i < COUNT(SIGNALS); i++) {
        struct result result = {.steps[PHASE_RUN] = {.has_status = true, .status = SIGNALS[i].number}};
        char error[64] = "Killed by signal ";
        step_set_failure(&result.steps[PHASE_RUN], SIGNALED);
        yyjson_doc *doc = parsed(&result);
        EXPECT_IN(yyjson_equals_str(field(doc, "signal"), SIGNALS[i].name), "%s", SIGNALS[i].name);
        EXPECT(yyjson_is_null(field(doc, "exitCode")) && yyjson_equals_str(field(doc, "outcome"), "signaled"));
        EXPECT(yyjson_equals_str(field(doc, "error"), strcat(error, SIGNALS[i].name)));
        yyjson_doc_free(doc);
    }
}

static struct capture repeated(const char *unit, size_t count) {
    size_t size = strlen(unit);
    struct capture capture = {.data = malloc(size * count + 1), .size = size * count, .read_bytes = size * count};
    for (size_t i = 0; i < count; i++)
        memcpy(capture.data + i * size, unit, size);
    return capture;
}

static size_t result_size(const struct result *result) {
    size_t size;
    int fd = memory_file();
    EXPECT(result_write(result, fd) == 0);
    free(written_to(fd, &size));
    return size;
}

static void fits(void) {
    static const struct {
        const char *out, *err, *build;
        size_t count;
        bool build_failed, truncated;
    } OUTPUTS[] = {
        {"a", "", "", 65536, false, false},      {"y\n", "", "", 32768, false, false},
        {"\x01", "", "", 65536, false, true},    {"\xff", "", "", 65536, false, true},
        {"\xff", "\x01", "", 32768, false, true}, {"\"", "e", "w", 20000, false, false},
        {"\"", "e", "\x01", 20000, false, true}, {"", "", "\xff", 40000, true, true},
        {"", "", "e\n", 10000, true, false},     {"\xf0\x9f\x98\x80", "", "", 16384, false, false},
        {"\xed\xa0\x80", "", "", 20000, false, true},     {"\xf0\x9f\x98\x80", "", "", 30000, false, true},
        {"\xe2\x82\xac", "x", "", 40001, false, true},
    };
    for (size_t i = 0; i < COUNT(OUTPUTS); i++) {
        struct result result = {.has_build = true, .phase = OUTPUTS[i].build_failed ? PHASE_BUILD : PHASE_RUN};
        struct step *step = &result.steps[result.phase];
        struct capture *captures[] = {&result.steps[PHASE_RUN].output[STREAM_OUT], &result.steps[PHASE_RUN].output[STREAM_ERR],
                                      &result.steps[PHASE_BUILD].output[STREAM_ERR]};
        *captures[0] = repeated(OUTPUTS[i].out, OUTPUTS[i].count);
        *captures[1] = repeated(OUTPUTS[i].err, OUTPUTS[i].count);
        *captures[2] = repeated(OUTPUTS[i].build, OUTPUTS[i].count);
        step->outcome = OUTPUTS[i].build_failed ? BUILD_FAILED : COMPLETED;
        memset(step->error, '\x01', 100);
        result_truncate(&result, 100000);
        size_t size = result_size(&result);
        EXPECT_IN(size <= 100000, "output %zu: %zu bytes", i, size);
        EXPECT_IN(!OUTPUTS[i].truncated || size > 97000, "output %zu: only %zu bytes", i, size);
        bool truncated = captures[0]->truncated || captures[1]->truncated || captures[2]->truncated;
        EXPECT_IN(truncated == OUTPUTS[i].truncated, "output %zu", i);
        EXPECT_IN(step->outcome == (OUTPUTS[i].build_failed ? BUILD_FAILED : truncated ? OUTPUT_LIMIT : COMPLETED), "output %zu", i);
        for (size_t capture = 0; capture < COUNT(captures); capture++)
            capture_free(captures[capture]);
    }
}

static void fits_at_any_size(void) {
    for (size_t most = 800; most < 1600; most += 7) {
        struct result result = {.has_build = true, .cpu_ns = INT64_MAX, .peak_bytes = INT64_MAX};
        struct step *run = &result.steps[PHASE_RUN];
        run->duration_ns = result.steps[PHASE_BUILD].duration_ns = INT64_MAX;
        run->output[STREAM_OUT] = repeated("a\xc3", 999);
        run->output[STREAM_ERR] = repeated("\x01", 999);
        run->output[STREAM_OUT].read_bytes = run->output[STREAM_ERR].read_bytes = UINT64_MAX;
        result_truncate(&result, most);
        EXPECT_IN(result_size(&result) <= most, "%zu: %zu", most, result_size(&result));
        capture_free(&run->output[STREAM_OUT]);
        capture_free(&run->output[STREAM_ERR]);
    }
}

void result_tests(void) {
    test("a result has every field of the protocol, on one line", complete);
    test("base64 is added for bytes that the text cannot represent, but not for a truncated character", exact_bytes);
    test("the output of a failed build is also shown as the program's", failed_build);
    test("signals are reported by name", signals);
    test("a result is truncated to the size that glot's docker-run reads, and not more than necessary", fits);
    test("a result can be truncated to any size", fits_at_any_size);
}
