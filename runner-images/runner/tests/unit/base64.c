#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "runner.h"

static const struct {
    const char *text;
    ssize_t size; /* -1: refused */
    const char *bytes;
} TEXTS[] = {
    {"", 0, ""},          {"Zg==", 1, "f"},      {"Zm8=", 2, "fo"},          {"Zm9v", 3, "foo"},    {"Zm9vYg==", 4, "foob"},
    {"AAAA", 3, "\0\0\0"}, {"AP8=", 2, "\0\xff"}, {"+/+/", 3, "\xfb\xff\xbf"}, {"Zg", -1, NULL},      {"Zg=", -1, NULL},
    {"Zm9", -1, NULL},    {"=", -1, NULL},       {"====", -1, NULL},         {"Z===", -1, NULL},    {"Zg==Zg==", -1, NULL},
    {"Zm=v", -1, NULL},   {"Zm9v\n", -1, NULL},  {" Zm9v", -1, NULL},        {"Zm 9", -1, NULL},    {"_-_-", -1, NULL},
    {"Zh==", -1, NULL},   {"Zm9=", -1, NULL},    {"Zm8\xc3", -1, NULL},
};

static void texts(void) {
    for (size_t i = 0; i < COUNT(TEXTS); i++) {
        char *text = strdup(TEXTS[i].text);
        ssize_t size = base64_decode(text, strlen(text));
        EXPECT_IN(size == TEXTS[i].size, "%s: %zd", TEXTS[i].text, size);
        EXPECT_IN(size < 0 || memcmp(text, TEXTS[i].bytes, (size_t)size) == 0, "%s", TEXTS[i].text);
        free(text);
    }
}

static void nul_in_text(void) {
    char text[] = "Zm\0v";
    EXPECT(base64_decode(text, 4) == -1);
}

static void every_byte_comes_back(void) {
    enum { BYTES = 1000 };
    char bytes[BYTES];
    for (size_t i = 0; i < BYTES; i++)
        bytes[i] = (char)(i * 7 >> (i & 3));
    for (size_t size = 0; size < BYTES; size += 61) {
        size_t written;
        struct writer writer = {.fd = memory_file()};
        write_base64(&writer, bytes, size);
        EXPECT(write_flush(&writer) == 0);
        char *text = written_to(writer.fd, &written);
        EXPECT_IN(base64_decode(text, written) == (ssize_t)size && memcmp(text, bytes, size) == 0, "%zu bytes", size);
        free(text);
    }
}

void base64_tests(void) {
    test("valid base64 of RFC 4648 is decoded, and everything else is refused", texts);
    test("a NUL byte in base64 is refused", nul_in_text);
    test("every byte has the same value after encoding and decoding", every_byte_comes_back);
}
