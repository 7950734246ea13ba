/* For a library that an interpreter is started with, so that it leaves no trace in the environment. */
#include "preload.h"

__attribute__((constructor)) static void start(void) {
    (void)forget_preload();
}
