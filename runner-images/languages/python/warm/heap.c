/* Removes the objects that exist before the program starts from the lists of the garbage collector, because
 * finalizing them at exit would take the time that the warm interpreter saves. __main__ and the dictionary of modules
 * stay in the lists, because they belong to the program.
 *
 * At exit, CPython's collector calls the finalizers of the remaining objects. It finds them only if it can also
 * traverse everything that refers to them, including library modules. If the program leaves an object whose
 * finalization is observable, the objects are therefore put back into the lists before CPython clears the modules,
 * and finalization is the same as in a plain run. */
#include "warm.h"

static struct {
    struct _gc_runtime_state *collector;
    struct _gc_runtime_state before;       /* the collector's counters after only site was imported */
    struct _Py_object_freelists freelists; /* the free lists at the same time; the collector does not count objects that are allocated from them */
    PyGC_Head objects;                     /* the removed objects, in a list like those of the collector */
} heap;

static bool list_is_empty(const PyGC_Head *list) {
    return (const PyGC_Head *)list->_gc_next == list;
}

/* Moves all elements of `from` to the end of `to`. */
static void list_move(PyGC_Head *from, PyGC_Head *to) {
    if (list_is_empty(from))
        return;
    PyGC_Head *first = _PyGCHead_NEXT(from), *last = _PyGCHead_PREV(from), *tail = _PyGCHead_PREV(to);
    _PyGCHead_SET_NEXT(tail, first);
    _PyGCHead_SET_PREV(first, tail);
    _PyGCHead_SET_NEXT(last, to);
    _PyGCHead_SET_PREV(to, last);
    from->_gc_next = from->_gc_prev = (uintptr_t)from;
}

void heap_begin(void) {
    heap.collector = &PyInterpreterState_Get()->gc;
    heap.before = *heap.collector;
    heap.freelists = *_Py_object_freelists_GET();
    memset(_Py_object_freelists_GET(), 0, sizeof heap.freelists);
    heap.objects._gc_next = heap.objects._gc_prev = (uintptr_t)&heap.objects;
    (void)PyGC_Disable();
}

/* A finalizer without an observable effect: _abc uses it to remove deleted classes from its caches. */
static bool is_silent(PyObject *callback) {
    return PyCFunction_Check(callback) && strcmp(((PyCFunctionObject *)callback)->m_ml->ml_name, "_destroy") == 0;
}

/* Whether the finalization of this object is observable: it has a finalizer (as generators and files do), is a class
 * with a finalizer (the lists do not contain all instances), or is a weak reference with a callback. */
static bool ends_visibly(PyObject *object) {
    PyTypeObject *type = PyType_Check(object) ? (PyTypeObject *)object : Py_TYPE(object);
    if (type->tp_finalize != NULL || type->tp_del != NULL || Py_TYPE(object)->tp_finalize != NULL)
        return true;
    PyObject *callback = PyWeakref_Check(object) ? ((PyWeakReference *)object)->wr_callback : NULL;
    return callback != NULL && !is_silent(callback);
}

static bool program_ends_visibly(void) {
    for (int i = 0; i < NUM_GENERATIONS; i++) {
        PyGC_Head *list = &heap.collector->generations[i].head;
        for (PyGC_Head *at = _PyGCHead_NEXT(list); at != list; at = _PyGCHead_NEXT(at)) {
            if (ends_visibly(_Py_FROM_GC(at)))
                return true;
        }
    }
    return false;
}

/* Inserts the removed objects before those of the program, because they are older. If the program called gc.freeze,
 * they would be frozen too, so they stay out of the lists. */
static void put_back(void) {
    PyGC_Head *oldest = &heap.collector->generations[NUM_GENERATIONS - 1].head;
    if (!list_is_empty(&heap.collector->permanent_generation.head))
        return;
    list_move(oldest, &heap.objects);
    list_move(&heap.objects, oldest);
}

/* Called when the dictionary of sys changes: PyDict_WatchCallback. CPython changes it first when it clears the
 * modules. */
static int sys_changes(PyDict_WatchEvent event, PyObject *names, PyObject *key, PyObject *value) {
    static bool ended;
    (void)event;
    (void)names;
    (void)key;
    (void)value;
    if (!ended && Py_IsFinalizing()) {
        ended = true;
        if (program_ends_visibly())
            put_back();
    }
    return 0;
}

static int watch_the_end(void) {
    int watcher = PyDict_AddWatcher(sys_changes);
    return watcher < 0 ? -1 : PyDict_Watch(watcher, PyInterpreterState_Get()->sysdict);
}

int heap_set_aside(void) {
    PyObject *main_module = PyImport_AddModule("__main__"); /* borrowed */
    if (main_module == NULL || watch_the_end() < 0)
        return -1;
    PyObject *programs[] = {PyImport_GetModuleDict(), main_module, PyModule_GetDict(main_module)};
    for (size_t i = 0; i < sizeof programs / sizeof programs[0]; i++)
        PyObject_GC_UnTrack(programs[i]);
    for (int i = NUM_GENERATIONS - 1; i >= 0; i--) {
        list_move(&heap.collector->generations[i].head, &heap.objects);
        heap.collector->generations[i].count = heap.before.generations[i].count;
        heap.collector->generation_stats[i] = heap.before.generation_stats[i];
    }
    for (size_t i = 0; i < sizeof programs / sizeof programs[0]; i++)
        PyObject_GC_Track(programs[i]);
    heap.collector->long_lived_total = heap.before.long_lived_total;
    heap.collector->long_lived_pending = heap.before.long_lived_pending;
    *_Py_object_freelists_GET() = heap.freelists;
    (void)PyGC_Enable();
    return 0;
}
