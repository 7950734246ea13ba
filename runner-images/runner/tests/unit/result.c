#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "check.h"
#include "runner.h"

static yyjson_doc *answer(const struct result *result) {
    size_t size;
    int fd = memory_file();
    EXPECT(result_write(result, fd) == 0);
    char *text = written_to(fd, &size);
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
    struct result result = {.outcome = COMPLETED, .run = {.has_status = true, .duration_ns = 5}, .cpu_ns = 7, .peak_bytes = -1};
    result.run.output[STREAM_OUT] = captured("h\xc3\xa4\n", false);
    yyjson_doc *doc = answer(&result);
    EXPECT(yyjson_equals_str(field(doc, "stdout"), "h\xc3\xa4\n") && yyjson_equals_str(field(doc, "stderr"), ""));
    EXPECT(yyjson_equals_str(field(doc, "error"), "") && yyjson_equals_str(field(doc, "outcome"), "completed"));
    EXPECT(yyjson_get_int(field(doc, "duration")) == 5 && yyjson_get_int(field(doc, "cpuTime")) == 7);
    EXPECT(yyjson_is_int(field(doc, "exitCode")) && yyjson_is_null(field(doc, "signal")) && yyjson_is_null(field(doc, "memoryPeak")));
    EXPECT(yyjson_get_int(field(doc, "stdoutBytes")) == 4 && yyjson_is_false(field(doc, "stdoutTruncated")));
    EXPECT(field(doc, "stdoutBase64") == NULL && field(doc, "build") == NULL);
    yyjson_doc_free(doc);
    capture_free(&result.run.output[STREAM_OUT]);
}

static void exact_bytes(void) {
    static const struct {
        const char *bytes;
        bool truncated;
        const char *text, *base64; /* NULL: left out */
    } OUTPUTS[] = {
        {"a\xff", false, "a\xef\xbf\xbd", "Yf8="},
        {"a\xff", true, "a\xef\xbf\xbd", "Yf8="},
        {"a\xc3", true, "a", NULL},
        {"a\xc3", false, "a\xef\xbf\xbd", "YcM="},
        {"\xff\xc3", true, "\xef\xbf\xbd", "/8M="},
    };
    for (size_t i = 0; i < COUNT(OUTPUTS); i++) {
        struct result result = {.outcome = COMPLETED};
        result.run.output[STREAM_ERR] = captured(OUTPUTS[i].bytes, OUTPUTS[i].truncated);
        yyjson_doc *doc = answer(&result);
        EXPECT_IN(yyjson_equals_str(field(doc, "stderr"), OUTPUTS[i].text), "output %zu", i);
        if (OUTPUTS[i].base64 == NULL)
            EXPECT_IN(field(doc, "stderrBase64") == NULL, "output %zu", i);
        else
            EXPECT_IN(yyjson_equals_str(field(doc, "stderrBase64"), OUTPUTS[i].base64), "output %zu", i);
        EXPECT(field(doc, "stdoutBase64") == NULL);
        yyjson_doc_free(doc);
        capture_free(&result.run.output[STREAM_ERR]);
    }
}

static void folded_build(void) {
    struct result result = {.outcome = BUILD_FAILED, .folded = true, .built = true, .peak_bytes = 9};
    result.build.has_status = true;
    result.build.status = W_EXITCODE(2, 0);
    result.build.duration_ns = 3;
    result.build.output[STREAM_ERR] = captured("error", false);
    result_set_status(&result, BUILD_FAILED, result.build.status);
    yyjson_doc *doc = answer(&result);
    yyjson_val *build = field(doc, "build");
    EXPECT(yyjson_equals_str(field(doc, "stderr"), "error") && yyjson_equals_str(yyjson_obj_get(build, "stderr"), "error"));
    EXPECT(yyjson_get_int(field(doc, "exitCode")) == 2 && yyjson_get_int(yyjson_obj_get(build, "exitCode")) == 2);
    EXPECT(yyjson_equals_str(field(doc, "error"), "Exit code: 2") && yyjson_get_int(yyjson_obj_get(build, "duration")) == 3);
    EXPECT(yyjson_get_int(field(doc, "memoryPeak")) == 9 && yyjson_get_int(field(doc, "duration")) == 0);
    yyjson_doc_free(doc);
    capture_free(&result.build.output[STREAM_ERR]);
}

static void signals(void) {
    const struct {
        int number;
        const char *name;
    } SIGNALS[] = {{SIGSEGV, "SIGSEGV"}, {SIGKILL, "SIGKILL"}, {SIGXCPU, "SIGXCPU"}, {SIGRTMIN + 3, "SIGRTMIN+3"}, {33, "SIG33"}};
    for (size_t i = 0; i < COUNT(SIGNALS); i++) {
        struct result result = {.run = {.has_status = true, .status = SIGNALS[i].number}};
        char error[64] = "Killed by signal ";
        result_set_status(&result, SIGNALED, SIGNALS[i].number);
        yyjson_doc *doc = answer(&result);
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

static size_t answer_size(const struct result *result) {
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
        bool folded, cut;
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
        struct result result = {.outcome = OUTPUTS[i].folded ? BUILD_FAILED : COMPLETED, .built = true, .folded = OUTPUTS[i].folded};
        result.run.output[STREAM_OUT] = repeated(OUTPUTS[i].out, OUTPUTS[i].count);
        result.run.output[STREAM_ERR] = repeated(OUTPUTS[i].err, OUTPUTS[i].count);
        result.build.output[STREAM_ERR] = repeated(OUTPUTS[i].build, OUTPUTS[i].count);
        memset(result.error, '\x01', 100);
        result_fit(&result, 100000);
        size_t size = answer_size(&result);
        EXPECT_IN(size <= 100000, "output %zu: %zu bytes", i, size);
        EXPECT_IN(!OUTPUTS[i].cut || size > 97000, "output %zu: only %zu bytes", i, size);
        bool cut = result.run.output[STREAM_OUT].truncated || result.run.output[STREAM_ERR].truncated || result.build.output[STREAM_ERR].truncated;
        EXPECT_IN(cut == OUTPUTS[i].cut, "output %zu", i);
        EXPECT_IN(result.outcome == (OUTPUTS[i].folded ? BUILD_FAILED : cut ? OUTPUT_LIMIT : COMPLETED), "output %zu", i);
        capture_free(&result.run.output[STREAM_OUT]);
        capture_free(&result.run.output[STREAM_ERR]);
        capture_free(&result.build.output[STREAM_ERR]);
    }
}

static void fits_at_any_size(void) {
    for (size_t most = 800; most < 1600; most += 7) {
        struct result result = {.outcome = COMPLETED, .built = true, .cpu_ns = INT64_MAX, .peak_bytes = INT64_MAX};
        result.run.duration_ns = result.build.duration_ns = INT64_MAX;
        result.run.output[STREAM_OUT] = repeated("a\xc3", 999);
        result.run.output[STREAM_ERR] = repeated("\x01", 999);
        result.run.output[STREAM_OUT].read_bytes = result.run.output[STREAM_ERR].read_bytes = UINT64_MAX;
        result_fit(&result, most);
        EXPECT_IN(answer_size(&result) <= most, "%zu: %zu", most, answer_size(&result));
        capture_free(&result.run.output[STREAM_OUT]);
        capture_free(&result.run.output[STREAM_ERR]);
    }
}

void result_tests(void) {
    test("a result has every field of the protocol, on one line", complete);
    test("exact bytes are added where the text can't carry them, and not for a cut character", exact_bytes);
    test("a failed build's output stands for the program's", folded_build);
    test("signals have their names", signals);
    test("an answer fits into what glot's docker-run reads, and is cut no more than needed", fits);
    test("an answer fits into any size", fits_at_any_size);
}
