/* The two halves of Python's warm starter: warm.c, which brings the interpreter up and waits, and heap.c. */
#ifndef WARM_H
#define WARM_H

#define Py_BUILD_CORE_MODULE 1 /* for the collector's lists and the running configuration: internal, of this very version */
#include <Python.h>
#include <internal/pycore_gc.h>
#include <internal/pycore_interp.h>
#include <internal/pycore_pystate.h>

/* Before the preloading: stops the collector, and notes its numbers. */
void heap_begin(void);

/* After it: takes what is there out of the collector's lists, but __main__, and gives the collector its numbers back.
 * Returns 0, or -1 with an exception set. */
int heap_set_aside(void);

#endif
