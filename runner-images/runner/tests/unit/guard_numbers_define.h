/* Defines one struct guard_numbers from the __NR_ macros of the headers included before. A call that does not exist
 * on all architectures needs a line here. */
#ifndef __NR_socketcall
#define __NR_socketcall NONE
#endif
#define CALL(name, ...) .name = __NR_##name,
#include "guard_calls.h"
#undef CALL
