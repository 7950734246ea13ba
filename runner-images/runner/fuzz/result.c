/* For any output of a program, the result is one line of JSON that contains it as text, and as base64 if it is not
 * UTF-8. A result that is truncated to a size is not longer than this size.
 *
 * The first bytes of the input select the outcome, the phase and the size. */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "runner.h"

/* Even a result without output can need this many bytes. */
enum { CHOICES = 6, LEAST_FIT_BYTES = 1500 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds) {
    if (!holds)
        abort();
}

static struct capture capture_of(const uint8_t *data, size_t size, bool truncated) {
    struct capture capture = {.data = malloc(size + 1), .size = size, .capacity = size, .read_bytes = size, .truncated = truncated};
    require(capture.data != NULL);
    memcpy(capture.data, data, size);
    return capture;
}

static int sextet(char digit) {
    static const char DIGITS[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const char *at = strchr(DIGITS, digit);
    require(digit != '\0' && at != NULL);
    return (int)(at - DIGITS);
}

static void require_base64(const char *text, const struct capture *capture) {
    require(strlen(text) == (capture->size + 2) / 3 * 4);
    for (size_t at = 0; at < capture->size; at++) {
        const char *digit = text + at / 3 * 4 + at % 3;
        int pair = sextet(digit[0]) << 6 | sextet(digit[1]);
        int byte = pair >> (at % 3 == 0 ? 4 : at % 3 == 1 ? 2 : 0) & 0xff;
        require(byte == (unsigned char)capture->data[at]);
    }
}

/* The text equals the program's bytes, unless they were truncated or are also present as base64. */
static void require_output(yyjson_val *object, const char *name, const char *exact_name, const struct capture *capture) {
    yyjson_val *text = yyjson_obj_get(object, name);
    yyjson_val *exact = yyjson_obj_get(object, exact_name);
    require(yyjson_is_str(text));
    if (exact != NULL)
        require_base64(yyjson_get_str(exact), capture);
    else
        require(yyjson_get_len(text) <= capture->size && memcmp(yyjson_get_str(text), capture->data, yyjson_get_len(text)) == 0 &&
                (capture->truncated || yyjson_get_len(text) == capture->size));
}

/* Returns the bytes of the result, which the caller frees. */
static char *written(const struct result *result, size_t *size) {
    static int fd = -1;
    if (fd < 0)
        fd = memfd_create("result", MFD_CLOEXEC);
    require(fd >= 0 && ftruncate(fd, 0) == 0 && lseek(fd, 0, SEEK_SET) == 0);
    require(result_write(result, fd) == 0);
    *size = (size_t)lseek(fd, 0, SEEK_CUR);
    char *bytes = malloc(*size);
    require(bytes != NULL && pread(fd, bytes, *size, 0) == (ssize_t)*size);
    return bytes;
}

static void require_case(yyjson_val *object, const struct result *result) {
    yyjson_val *one = yyjson_arr_get_first(yyjson_obj_get(object, "cases"));
    require((one != NULL) == (result->cases != NULL));
    if (one == NULL)
        return;
    require_output(one, "stdout", "stdoutBase64", &result->cases[0].steps[PHASE_RUN].output[STREAM_OUT]);
    yyjson_val *file = yyjson_arr_get_first(yyjson_obj_get(one, "files"));
    require(yyjson_is_str(yyjson_obj_get(file, "name")) && yyjson_get_uint(yyjson_obj_get(file, "size")) == UINT64_MAX);
    require(yyjson_is_false(yyjson_obj_get(one, "matched")) && yyjson_is_true(yyjson_obj_get(file, "truncated")));
}

static void require_result(const struct result *result, size_t most_bytes) {
    size_t size;
    const struct step *shown = &result->steps[result->phase];
    char *bytes = written(result, &size);
    require(most_bytes == 0 || size <= most_bytes);
    require(memchr(bytes, '\n', size) == bytes + size - 1);
    yyjson_doc *doc = yyjson_read(bytes, size, 0);
    yyjson_val *object = yyjson_doc_get_root(doc);
    require(yyjson_is_obj(object));
    require_output(object, "stdout", "stdoutBase64", &shown->output[STREAM_OUT]);
    require_output(object, "stderr", "stderrBase64", &shown->output[STREAM_ERR]);
    require(yyjson_equals_str(yyjson_obj_get(object, "phase"), result->phase == PHASE_BUILD ? "build" : "run"));
    require_case(object, result);
    yyjson_doc_free(doc);
    free(bytes);
}

/* A case with the same output as the run, and a file that cannot be read. */
static void require_with_case(struct result *result, char *name) {
    struct output_file file = {.name = name, .size = UINT64_MAX, .fd = -1, .error = "not a regular file (FIFO)"};
    struct result one = {.has_files = true, .files = {&file, 1, 1}, .matched = DIFFERENT, .peak_bytes = -1};
    one.steps[PHASE_RUN] = result->steps[result->phase];
    result->cases = &one;
    result->case_count = 1;
    require_result(result, 0);
    result->cases = NULL;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct result result = {.cpu_ns = INT64_MAX, .peak_bytes = INT64_MAX};
    if (size < CHOICES)
        return 0;
    const uint8_t *choices = data;
    data += CHOICES;
    size -= CHOICES;
    size_t split = size * choices[0] / 255, build_split = split * choices[1] / 255;
    size_t error_size = choices[2] >> 3;
    result.has_build = choices[3] & 1;
    result.phase = result.has_build && (choices[3] & 2) != 0 ? PHASE_BUILD : PHASE_RUN;
    struct step *step = &result.steps[result.phase], *build = &result.steps[PHASE_BUILD];
    *step = (struct step){.has_status = choices[3] & 4, .status = choices[4] << (choices[3] & 8), .duration_ns = INT64_MAX};
    step_set(step, choices[2] % (INVALID + 1), "%.*s", (int)(error_size < size ? error_size : size), (const char *)data);
    step->output[STREAM_OUT] = capture_of(data, build_split, choices[3] & 16);
    step->output[STREAM_ERR] = capture_of(data + split, size - split, choices[3] & 32);
    if (result.phase == PHASE_RUN)
        build->output[STREAM_OUT] = capture_of(data + build_split, split - build_split, false);
    size_t most_bytes = choices[3] & 64 ? LEAST_FIT_BYTES + 16 * (size_t)choices[5] : 0;
    if (most_bytes > 0)
        result_truncate(&result, most_bytes);
    require_result(&result, most_bytes);
    char name[16] = "";
    memcpy(name, data, size < sizeof name ? size : sizeof name - 1);
    if (most_bytes == 0)
        require_with_case(&result, name);
    for (int i = 0; i < STREAMS; i++) {
        capture_free(&result.steps[PHASE_RUN].output[i]);
        capture_free(&result.steps[PHASE_BUILD].output[i]);
    }
    return 0;
}
