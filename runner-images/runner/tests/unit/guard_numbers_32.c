/* tests/aarch64.mk defines ARM_UNISTD where the headers of 32-bit ARM are installed. */
#if defined(__x86_64__)
#include <asm/unistd_32.h>
#elif defined(ARM_UNISTD)
#define __ARM_EABI__ 1 /* as the compiler for 32-bit ARM defines it */
#include ARM_UNISTD
#endif

#include "guard_numbers.h"

const struct guard_numbers NUMBERS_32 = {
#ifdef __NR_prlimit64
#include "guard_numbers_define.h"
#else
    0
#endif
};
