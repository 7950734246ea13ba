/* Whatever a program writes, the answer is one line of JSON that carries it: as text, and exactly where it is none; and
 * fitted to a size it is no longer than that. The input's first bytes choose the outcome, the cut and the size. */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "runner.h"

/* Below this not even an answer without output fits. */
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

/* A text that was not cut is the program's bytes, or they stand beside it. */
static void require_output(yyjson_val *answer, const char *name, const char *exact_name, const struct capture *capture) {
    yyjson_val *text = yyjson_obj_get(answer, name);
    yyjson_val *exact = yyjson_obj_get(answer, exact_name);
    require(yyjson_is_str(text));
    if (exact != NULL)
        require_base64(yyjson_get_str(exact), capture);
    else
        require(yyjson_get_len(text) <= capture->size && memcmp(yyjson_get_str(text), capture->data, yyjson_get_len(text)) == 0 &&
                (capture->truncated || yyjson_get_len(text) == capture->size));
}

/* The bytes of the answer; to be freed. */
static char *written(const struct result *result, size_t *size) {
    static int fd = -1;
    if (fd < 0)
        fd = memfd_create("answer", MFD_CLOEXEC);
    require(fd >= 0 && ftruncate(fd, 0) == 0 && lseek(fd, 0, SEEK_SET) == 0);
    require(result_write(result, fd) == 0);
    *size = (size_t)lseek(fd, 0, SEEK_CUR);
    char *bytes = malloc(*size);
    require(bytes != NULL && pread(fd, bytes, *size, 0) == (ssize_t)*size);
    return bytes;
}

static void require_answer(const struct result *result, size_t most_bytes) {
    size_t size;
    const struct step *shown = result->folded ? &result->build : &result->run;
    char *bytes = written(result, &size);
    require(most_bytes == 0 || size <= most_bytes);
    require(memchr(bytes, '\n', size) == bytes + size - 1);
    yyjson_doc *doc = yyjson_read(bytes, size, 0);
    yyjson_val *answer = yyjson_doc_get_root(doc);
    require(yyjson_is_obj(answer));
    require_output(answer, "stdout", "stdoutBase64", &shown->output[STREAM_OUT]);
    require_output(answer, "stderr", "stderrBase64", &shown->output[STREAM_ERR]);
    yyjson_doc_free(doc);
    free(bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct result result = {.cpu_ns = INT64_MAX, .peak_bytes = INT64_MAX};
    if (size < CHOICES)
        return 0;
    const uint8_t *choices = data;
    data += CHOICES;
    size -= CHOICES;
    size_t split = size * choices[0] / 255, build_split = split * choices[1] / 255;
    size_t sentence = choices[2] >> 3;
    result_set(&result, choices[2] % (INVALID + 1), "%.*s", (int)(sentence < size ? sentence : size), (const char *)data);
    result.built = choices[3] & 1;
    result.folded = result.built && (choices[3] & 2) != 0;
    struct step *shown = result.folded ? &result.build : &result.run;
    *shown = (struct step){.has_status = choices[3] & 4, .status = choices[4] << (choices[3] & 8), .duration_ns = INT64_MAX};
    shown->output[STREAM_OUT] = capture_of(data, build_split, choices[3] & 16);
    shown->output[STREAM_ERR] = capture_of(data + split, size - split, choices[3] & 32);
    if (!result.folded)
        result.build.output[STREAM_OUT] = capture_of(data + build_split, split - build_split, false);
    size_t most_bytes = choices[3] & 64 ? LEAST_FIT_BYTES + 16 * (size_t)choices[5] : 0;
    if (most_bytes > 0)
        result_fit(&result, most_bytes);
    require_answer(&result, most_bytes);
    for (int i = 0; i < STREAMS; i++) {
        capture_free(&result.run.output[i]);
        capture_free(&result.build.output[i]);
    }
    return 0;
}
