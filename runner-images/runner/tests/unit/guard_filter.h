/* Runs the guard's filter with an interpreter, so that it is tested for the calls of every architecture, even if the kernel
 * cannot run the filter (qemu-user has no seccomp). The call numbers come from the kernel's headers, not from guard_calls.h. */
#ifndef GUARD_FILTER_H
#define GUARD_FILTER_H

#include <errno.h>
#include <linux/audit.h>
#include <stddef.h>

#include "check.h"
#include "guard.h"
#include "guard_numbers.h"
#include "runner.h"

enum { REFUSED = SECCOMP_RET_ERRNO | EPERM, NO_FILTER = SECCOMP_RET_ERRNO | EINVAL };

#if defined(__x86_64__)
static const uint32_t AUDIT_64 = AUDIT_ARCH_X86_64, AUDIT_32 = AUDIT_ARCH_I386;
#else
static const uint32_t AUDIT_64 = AUDIT_ARCH_AARCH64, AUDIT_32 = AUDIT_ARCH_ARM;
#endif

struct filter {
    struct sock_filter code[GUARD_MOST_INSTRUCTIONS];
    unsigned short size;
};

/* A row of guard_calls.h, and the offset of its number in struct guard_numbers. */
struct row {
    const char *name;
    guard_rule *rule;
    uint32_t x86_64, x32, i386, aarch64, arm;
    size_t offset;
};

extern const struct row ROWS[];
extern const size_t ROW_COUNT;

struct filter written_filter(void);
/* Returns the result of the filter for a call with these arguments, or ~0 if the kernel would reject the filter. */
uint32_t call3(const struct filter *filter, uint32_t audit, uint32_t number, uint64_t a, uint64_t b, uint64_t c);
uint32_t call2(const struct filter *filter, uint32_t audit, uint32_t number, uint64_t a, uint64_t b);
uint32_t number_of(const struct guard_numbers *numbers, const struct row *row);
/* Checks what each rule must refuse and allow for the calls with these numbers. */
void expect_all_rules(uint32_t audit, const struct guard_numbers *numbers);

#endif
