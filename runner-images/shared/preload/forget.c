/* Removes the traces of a preloaded library from the environment. */
#include "preload.h"

__attribute__((constructor)) static void start(void) {
    (void)forget_preload();
}
