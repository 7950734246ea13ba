/* Interface between the two parts of Python's warm interpreter: warm.c initializes the interpreter and waits, heap.c
 * manages the garbage collector. */
#ifndef WARM_H
#define WARM_H

#define Py_BUILD_CORE_MODULE 1 /* for the collector's lists and the configuration, which are internal to this version of CPython */
#include <Python.h>
#include <internal/pycore_gc.h>
#include <internal/pycore_interp.h>
#include <internal/pycore_pystate.h>

/* Called before the preloading. Stops the collector and stores its counters. */
void heap_begin(void);

/* Called after the preloading. Removes all objects except __main__ from the collector's lists and restores the
 * counters. Returns 0, or -1 with an exception set. */
int heap_set_aside(void);

#endif
