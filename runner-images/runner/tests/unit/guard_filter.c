/* An interpreter for the guard's filter. Source: kernel networking/filter.rst, seccomp(2). */
#include "guard_filter.h"

#include <string.h>

const struct row ROWS[] = {
#define CALL(name, ...) {#name, __VA_ARGS__, offsetof(struct guard_numbers, name)},
#include "guard_calls.h"
#undef CALL
};
const size_t ROW_COUNT = COUNT(ROWS);

struct filter written_filter(void) {
    struct filter filter = {.size = 0};
    filter.size = guard_write(filter.code);
    EXPECT_IN(filter.size > 0 && filter.size <= GUARD_MOST_INSTRUCTIONS, "%u instructions", filter.size);
    return filter;
}

static bool matches(uint32_t accumulator, const struct sock_filter *at) {
    return at->code == (BPF_JMP | BPF_JEQ | BPF_K) && accumulator == at->k;
}

static uint32_t run_filter(const struct filter *filter, const struct seccomp_data *data) {
    uint32_t accumulator = 0;
    for (size_t next = 0; next < filter->size;) {
        const struct sock_filter *at = &filter->code[next++];
        switch (at->code) {
        case BPF_LD | BPF_W | BPF_ABS:
            if (at->k % sizeof accumulator != 0 || at->k >= sizeof *data)
                return ~0U;
            memcpy(&accumulator, (const char *)data + at->k, sizeof accumulator);
            break;
        case BPF_ALU | BPF_AND | BPF_K:
            accumulator &= at->k;
            break;
        case BPF_JMP | BPF_JEQ | BPF_K:
            next += matches(accumulator, at) ? at->jt : at->jf;
            break;
        case BPF_JMP | BPF_JA:
            next += at->k;
            break;
        case BPF_RET | BPF_K:
            return at->k;
        default:
            return ~0U;
        }
    }
    return ~0U;
}

uint32_t call3(const struct filter *filter, uint32_t audit, uint32_t number, uint64_t a, uint64_t b, uint64_t c) {
    struct seccomp_data data = {.nr = (int)number, .arch = audit, .args = {a, b, c}};
    return run_filter(filter, &data);
}

uint32_t call2(const struct filter *filter, uint32_t audit, uint32_t number, uint64_t a, uint64_t b) {
    return call3(filter, audit, number, a, b, 0);
}

uint32_t number_of(const struct guard_numbers *numbers, const struct row *row) {
    uint32_t number;
    memcpy(&number, (const char *)numbers + row->offset, sizeof number);
    return number;
}
