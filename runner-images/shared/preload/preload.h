/* Functions for libraries that LD_PRELOAD loads into an interpreter. They remove the variables that loaded the
 * library from the environment. unsetenv(3) alone does not change /proc/self/environ. */
#ifndef PRELOAD_H
#define PRELOAD_H

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* Returns the address of `name=value` in the memory that execve(2) filled, or NULL if the variable is not set. Must
 * be called before the interpreter copies its environment. */
static inline char *variable_find(const char *name) {
    char *value = getenv(name);
    return value == NULL ? NULL : value - strlen(name) - 1;
}

/* Removes a variable from /proc/self/environ. The argument is the result of variable_find(). */
static inline void variable_wipe(char *variable) {
    if (variable != NULL)
        memset(variable, 0, strlen(variable));
}

/* Removes LD_PRELOAD from the environment and from /proc/self/environ. Returns false if it was not set. */
static inline bool forget_preload(void) {
    char *variable = variable_find("LD_PRELOAD");
    (void)unsetenv("LD_PRELOAD");
    variable_wipe(variable);
    return variable != NULL;
}

#endif
