/* stdio.so alone, in a Node that is not the warm one: it leaves no trace in the environment. */
#include "preload.h"

__attribute__((constructor)) static void start(void) {
    (void)forget_preload();
}
