#include <asm/unistd.h>

#include "guard_numbers.h"

const struct guard_numbers NUMBERS_64 = {
#include "guard_numbers_define.h"
};
