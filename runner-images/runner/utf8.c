/* Validates UTF-8. */
#include "runner.h"

enum utf8 utf8_next(const char *bytes, size_t size, size_t *length) {
    const unsigned char *s = (const unsigned char *)bytes;
    unsigned char low = 0x80, high = 0xbf;
    size_t more;
    *length = 1;
    if (s[0] < 0x80)
        return UTF8_VALID;
    if (s[0] >= 0xc2 && s[0] <= 0xdf) {
        more = 1;
    } else if (s[0] >= 0xe0 && s[0] <= 0xef) {
        more = 2;
        if (s[0] == 0xe0)
            low = 0xa0; /* smaller values have a shorter encoding */
        if (s[0] == 0xed)
            high = 0x9f; /* surrogates */
    } else if (s[0] >= 0xf0 && s[0] <= 0xf4) {
        more = 3;
        if (s[0] == 0xf0)
            low = 0x90; /* the same */
        if (s[0] == 0xf4)
            high = 0x8f; /* above U+10FFFF */
    } else {
        return UTF8_INVALID;
    }
    for (size_t i = 1; i <= more; i++) {
        *length = i;
        if (i == size)
            return UTF8_PARTIAL;
        if (s[i] < low || s[i] > high)
            return UTF8_INVALID;
        low = 0x80;
        high = 0xbf;
    }
    *length = more + 1;
    return UTF8_VALID;
}

bool utf8_is_valid(const char *bytes, size_t size) {
    size_t length;
    for (size_t at = 0; at < size; at += length)
        if (utf8_next(bytes + at, size - at, &length) != UTF8_VALID)
            return false;
    return true;
}

size_t utf8_without_partial(const char *bytes, size_t size) {
    size_t length;
    /* A character has at most 4 bytes, so an incomplete one has at most 3. */
    for (size_t tail = 1; tail <= 3 && tail <= size; tail++)
        if (utf8_next(bytes + size - tail, tail, &length) == UTF8_PARTIAL && length == tail)
            return size - tail;
    return size;
}
