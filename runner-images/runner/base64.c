/* Decodes base64. */
#include "runner.h"

enum { NO_DIGIT = -1 };

static int digit_value(char digit) {
    if (digit >= 'A' && digit <= 'Z')
        return digit - 'A';
    if (digit >= 'a' && digit <= 'z')
        return digit - 'a' + 26;
    if (digit >= '0' && digit <= '9')
        return digit - '0' + 52;
    return digit == '+' ? 62 : digit == '/' ? 63 : NO_DIGIT;
}

ssize_t base64_decode(char *text, size_t size) {
    size_t padding = size == 0 || text[size - 1] != '=' ? 0 : size > 1 && text[size - 2] == '=' ? 2 : 1;
    char *out = text;
    uint32_t bits = 0;
    if (size % 4 != 0)
        return -1;
    for (size_t at = 0; at < size; at++) {
        int value = at < size - padding ? digit_value(text[at]) : 0;
        if (value == NO_DIGIT)
            return -1;
        bits = bits << 6 | (uint32_t)value;
        if (at % 4 != 3)
            continue;
        *out++ = (char)(bits >> 16);
        *out++ = (char)(bits >> 8);
        *out++ = (char)bits;
    }
    /* RFC 4648 section 3.5: the unused bits of the last digit must be 0. `bits` still contains the last three bytes. */
    if (padding > 0 && (bits & (padding == 1 ? 0xff : 0xffff)) != 0)
        return -1;
    return out - text - (ssize_t)padding;
}
