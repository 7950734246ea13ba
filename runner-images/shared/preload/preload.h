/* What the libraries that an interpreter is started with (LD_PRELOAD) share: the variables that brought them leave the
 * environment, and with unsetenv(3) alone /proc/self/environ would still show them. */
#ifndef PRELOAD_H
#define PRELOAD_H

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* Where execve(2) put `name=value`; NULL: it is not set. To be asked before the interpreter makes itself a copy. */
static inline char *variable_find(const char *name) {
    char *value = getenv(name);
    return value == NULL ? NULL : value - strlen(name) - 1;
}

/* Takes what variable_find gave out of what /proc/self/environ shows. */
static inline void variable_wipe(char *variable) {
    if (variable != NULL)
        memset(variable, 0, strlen(variable));
}

/* Takes LD_PRELOAD out of both; false: it was not set. */
static inline bool forget_preload(void) {
    char *variable = variable_find("LD_PRELOAD");
    (void)unsetenv("LD_PRELOAD");
    variable_wipe(variable);
    return variable != NULL;
}

#endif
