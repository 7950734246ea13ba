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

void result_tests(void) {
    test("a result has every field of the protocol, on one line", complete);
    test("exact bytes are added where the text can't carry them, and not for a cut character", exact_bytes);
    test("a failed build's output stands for the program's", folded_build);
    test("signals have their names", signals);
}
