#include <string.h>

#include "check.h"
#include "runner.h"

static const struct {
    const char *text;
    size_t ends_at; /* 0: the value does not end */
} ENDS[] = {
    {"{}", 2},
    {"{}\n", 2},
    {" \t\r\n{\"a\":[1,{\"b\":\"}\"}]} trailing {", 23},
    {"{\"a\":\"\\\"}\"}x", 11},
    {"{\"a\":\"\\\\\"}x", 10},
    {"{\"a\":\"\\\\\\\"}\"}", 13},
    {"{\"\\u007d\":\"]\"}{}", 14},
    {"[[],[{}]]{", 9},
    {"\"a}\\\"\"b", 6},
    {"{\"\xf0\x9f\x98\x80\":\"\xc3\xa4\"}\xff", 13},
    {"x", 1},
    {"}", 1},
    {" 12", 2},
    {"{\"a\":1]", 7},
    {"{", 0},
    {"", 0},
    {" \n", 0},
    {"{\"a}", 0},
    {"{\"a\":\"\\", 0},
    {"[{}", 0},
};

/* Scans three pieces: up to first, up to second, the rest. Returns how many bytes belong to the value. */
static size_t scan_split(struct scan *scan, const char *text, size_t size, size_t first, size_t second) {
    size_t taken = scan_bytes(scan, text, first);
    if (!scan->ended)
        taken += scan_bytes(scan, text + first, second - first);
    if (!scan->ended)
        taken += scan_bytes(scan, text + second, size - second);
    return taken;
}

static void every_split(void) {
    for (size_t i = 0; i < COUNT(ENDS); i++) {
        size_t size = strlen(ENDS[i].text);
        for (size_t first = 0; first <= size; first++) {
            for (size_t second = first; second <= size; second++) {
                struct scan scan = {0};
                size_t taken = scan_split(&scan, ENDS[i].text, size, first, second);
                EXPECT_IN(scan.ended == (ENDS[i].ends_at > 0), "%s split at %zu and %zu", ENDS[i].text, first, second);
                EXPECT_IN(taken == (scan.ended ? ENDS[i].ends_at : size), "%s split at %zu and %zu", ENDS[i].text, first, second);
            }
        }
    }
}

static void white_space_starts_nothing(void) {
    struct scan scan = {0};
    scan_bytes(&scan, " \n\t\r", 4);
    EXPECT(!scan.started);
    scan_bytes(&scan, "{", 1);
    EXPECT(scan.started);
}

static void deep_nesting(void) {
    struct scan scan = {0};
    for (int i = 0; i < 1000000; i++)
        scan_bytes(&scan, "[", 1);
    for (int i = 0; i < 999999; i++)
        scan_bytes(&scan, "]", 1);
    EXPECT(!scan.ended);
    scan_bytes(&scan, "]", 1);
    EXPECT(scan.ended);
}

void scan_tests(void) {
    test("the end of the payload is found, regardless of how its bytes are split", every_split);
    test("white space is not the start of a payload", white_space_starts_nothing);
    test("a million brackets are counted", deep_nesting);
}
