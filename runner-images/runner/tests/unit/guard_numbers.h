/* The numbers of the calls in guard_calls.h, from the kernel's headers instead of that table. Each set is defined in
 * a separate file, because the headers use the same names for all architectures. */
#ifndef GUARD_NUMBERS_H
#define GUARD_NUMBERS_H

#include <stdint.h>

#define NONE UINT32_MAX

struct guard_numbers {
#define CALL(name, ...) uint32_t name;
#include "guard_calls.h"
#undef CALL
};

/* The numbers of the 64-bit calls, of the 32-bit calls, and of x32 with its bit. All are 0 if a header is not
 * installed. The x32 numbers are 0 on aarch64. */
extern const struct guard_numbers NUMBERS_64, NUMBERS_32, NUMBERS_X32;

#endif
