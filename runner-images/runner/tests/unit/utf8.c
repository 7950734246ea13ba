#include <string.h>

#include "check.h"
#include "runner.h"

static size_t encode(unsigned point, char bytes[4]) {
    if (point < 0x80) {
        bytes[0] = (char)point;
        return 1;
    }
    size_t size = point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
    static const unsigned LEADS[] = {0, 0, 0xc0, 0xe0, 0xf0};
    for (size_t i = size - 1; i > 0; i--, point >>= 6)
        bytes[i] = (char)(0x80 | (point & 0x3f));
    bytes[0] = (char)(LEADS[size] | point);
    return size;
}

static void every_code_point(void) {
    char bytes[4];
    size_t length;
    for (unsigned point = 0; point <= 0x10ffff; point++) {
        size_t size = encode(point, bytes);
        bool surrogate = point >= 0xd800 && point <= 0xdfff;
        enum utf8 found = utf8_next(bytes, size, &length);
        EXPECT_IN(surrogate ? found == UTF8_INVALID : found == UTF8_VALID && length == size, "U+%04X", point);
        for (size_t cut = 1; cut < size && !surrogate; cut++) {
            EXPECT_IN(utf8_next(bytes, cut, &length) == UTF8_PARTIAL && length == cut, "U+%04X cut to %zu", point, cut);
            EXPECT_IN(utf8_without_partial(bytes, cut) == 0, "U+%04X cut to %zu", point, cut);
        }
        EXPECT_IN(surrogate || utf8_without_partial(bytes, size) == size, "U+%04X", point);
    }
}

static void cut_tails(void) {
    EXPECT(utf8_without_partial("ab\xf0\x9f\x98", 5) == 2);
    EXPECT(utf8_without_partial("ab\xff", 3) == 3);
    EXPECT(utf8_without_partial("\xe2\x82\xac\x82", 4) == 4);
    EXPECT(utf8_without_partial("a\xc0", 2) == 2);
    EXPECT(utf8_without_partial("a\xed\xa0", 3) == 3);
    EXPECT(utf8_without_partial("", 0) == 0);
}

static void validity(void) {
    EXPECT(utf8_is_valid("", 0) && utf8_is_valid("a\xc3\xa4", 3) && utf8_is_valid("\0", 1));
    EXPECT(!utf8_is_valid("a\xc3", 2) && !utf8_is_valid("\xff", 1) && !utf8_is_valid("\xc0\xaf", 2));
}

void utf8_tests(void) {
    test("every code point is valid, and partial if it is truncated", every_code_point);
    test("only an incomplete character is removed from the end", cut_tails);
    test("valid and invalid UTF-8 are distinguished", validity);
}
