#if defined(__x86_64__)
#define __X32_SYSCALL_BIT 0x40000000
#include <asm/unistd_x32.h>
#endif

#include "guard_numbers.h"

const struct guard_numbers NUMBERS_X32 = {
#if defined(__x86_64__)
#include "guard_numbers_define.h"
#else
    0
#endif
};
