#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"
#include "runner.h"

#define FFFD "\xef\xbf\xbd"

/* Source of the complex cases: Unicode Standard, section 3.9, tables 3-8 to 3-11. */
static const struct {
    const char *bytes;
    const char *shown;
} TEXTS[] = {
    {"", ""},
    {"plain", "plain"},
    {"\xc3\xa4 \xe2\x82\xac \xf0\x9f\x98\x80", "\xc3\xa4 \xe2\x82\xac \xf0\x9f\x98\x80"},
    {"\xff", FFFD},
    {"a\x80z", "a" FFFD "z"},
    {"\xc0\xaf", FFFD FFFD},
    {"\xe0\x80\xaf", FFFD FFFD FFFD},
    {"\xf0\x80\x80\xaf", FFFD FFFD FFFD FFFD},
    {"\xed\xa0\x80", FFFD FFFD FFFD},
    {"\xed\x9f\xbf\xee\x80\x80", "\xed\x9f\xbf\xee\x80\x80"},
    {"\xf4\x8f\xbf\xbf", "\xf4\x8f\xbf\xbf"},
    {"\xf4\x90\x80\x80", FFFD FFFD FFFD FFFD},
    {"\xf5\x80", FFFD FFFD},
    {"\xe1\x80\xe2\xf0\x91\x92\xf1\xbf\x41", FFFD FFFD FFFD FFFD "A"},
    {"\xf4\x91\x92\x93\xff\x41\x80\xbf\x42", FFFD FFFD FFFD FFFD FFFD "A" FFFD FFFD "B"},
    {"\xe2\x82", FFFD},
    {"\xe2\x82z", FFFD "z"},
    {"\xf0\x9f\x98", FFFD},
    {"\xc3", FFFD},
};

static char *json_of(const char *bytes, size_t size, size_t *json_size) {
    int fd = memory_file();
    struct writer *writer = calloc(1, sizeof *writer);
    writer->fd = fd;
    write_json_string(writer, bytes, size);
    EXPECT(write_flush(writer) == 0);
    free(writer);
    return written_to(fd, json_size);
}

/* Writes the bytes as JSON and parses it with yyjson. */
static bool reads_as(const char *bytes, size_t size, const char *expected, size_t expected_size) {
    size_t json_size;
    char *json = json_of(bytes, size, &json_size);
    EXPECT(json_string_bytes(bytes, size) == json_size);
    yyjson_doc *doc = yyjson_read(json, json_size, 0);
    yyjson_val *root = yyjson_doc_get_root(doc);
    bool same = yyjson_is_str(root) && yyjson_get_len(root) == expected_size &&
                memcmp(yyjson_get_str(root), expected, expected_size) == 0;
    yyjson_doc_free(doc);
    free(json);
    return same;
}

static void replaced(void) {
    for (size_t i = 0; i < COUNT(TEXTS); i++) {
        const char *bytes = TEXTS[i].bytes, *shown = TEXTS[i].shown;
        EXPECT_IN(reads_as(bytes, strlen(bytes), shown, strlen(shown)), "text %zu", i);
        EXPECT_IN(utf8_is_valid(bytes, strlen(bytes)) == (strcmp(bytes, shown) == 0), "text %zu", i);
    }
}

static void every_byte(void) {
    for (int value = 0; value < 256; value++) {
        char byte = (char)value;
        if (value < 0x80)
            EXPECT_IN(reads_as(&byte, 1, &byte, 1), "byte %d", value);
        else
            EXPECT_IN(reads_as(&byte, 1, FFFD, 3), "byte %d", value);
    }
}

static void one_line(void) {
    size_t size;
    char *json = json_of("a\nb\r\t\"\\\x01\x7f", 9, &size);
    EXPECT_IN(is_text(json, size, "\"a\\nb\\r\\t\\\"\\\\\\u0001\x7f\""), "%s", json);
    free(json);
}

static void beyond_the_buffer(void) {
    size_t size = 300001;
    char *bytes = malloc(size);
    for (size_t i = 0; i < size; i++)
        bytes[i] = (char)(i % 7 == 0 ? '\n' : 'a' + i % 26);
    EXPECT(reads_as(bytes, size, bytes, size));
    free(bytes);
}

static void base64(void) {
    static const char *const PAIRS[][2] = {{"", ""},         {"f", "Zg=="},         {"fo", "Zm8="},        {"foo", "Zm9v"},
                                           {"foob", "Zm9vYg=="}, {"fooba", "Zm9vYmE="}, {"\xff\xfe\xfd", "//79"}, {"\xfb\xef\xbe", "++++"}};
    for (size_t i = 0; i < COUNT(PAIRS); i++) {
        size_t size;
        struct writer *writer = calloc(1, sizeof *writer);
        writer->fd = memory_file();
        write_base64(writer, PAIRS[i][0], strlen(PAIRS[i][0]));
        EXPECT(write_flush(writer) == 0);
        char *text = written_to(writer->fd, &size);
        EXPECT_IN(is_text(text, size, PAIRS[i][1]) && base64_bytes(strlen(PAIRS[i][0])) == size, "%s", text);
        free(text);
        free(writer);
    }
}

static void failing_writes(void) {
    struct writer *writer = calloc(1, sizeof *writer);
    writer->fd = -1;
    write_text(writer, "text");
    EXPECT(write_flush(writer) < 0);
    write_text(writer, "more");
    EXPECT(write_flush(writer) < 0);
    free(writer);
}

/* The reader starts late, and the pipe holds less than the text. */
static void non_blocking_pipe(void) {
    static const size_t SIZE = 300000;
    int fds[2], status;
    EXPECT(pipe2(fds, O_CLOEXEC) == 0 && fcntl(fds[1], F_SETFL, O_NONBLOCK) == 0);
    pid_t pid = fork();
    if (pid == 0) {
        char bytes[4096];
        size_t total = 0;
        close(fds[1]);
        usleep(50000);
        for (ssize_t size; (size = read(fds[0], bytes, sizeof bytes)) > 0;)
            total += (size_t)size;
        _exit(total == SIZE ? 0 : 1);
    }
    struct writer *writer = calloc(1, sizeof *writer);
    writer->fd = fds[1];
    for (size_t i = 0; i < SIZE; i++)
        write_bytes(writer, "x", 1);
    EXPECT(write_flush(writer) == 0);
    free(writer);
    close(fds[0]);
    close(fds[1]);
    EXPECT(waitpid(pid, &status, 0) == pid && status == 0);
}

void json_writer_tests(void) {
    test("bytes that are not UTF-8 become U+FFFD, one for each maximal subpart", replaced);
    test("every byte can be parsed from the JSON", every_byte);
    test("a JSON string is one line", one_line);
    test("text longer than the writer's buffer can be parsed", beyond_the_buffer);
    test("base64 has the format of RFC 4648", base64);
    test("an error while writing is reported", failing_writes);
    test("everything is written to a non-blocking pipe", non_blocking_pipe);
}
