/* Python's warm interpreter: a library that LD_PRELOAD loads into python3. It replaces main, initializes the
 * interpreter with the plain command line, imports the most used modules, sends R on descriptor 3 and waits. When the
 * payload arrives, CPython's Py_RunMain runs the program, so tracebacks, __main__, sys.path, the exit code and
 * /proc/self/exe are the same as with `python3 main.py`.
 *
 * If a file of the program has the name of a preloaded module, the program must import this file instead. In this
 * case, and if the command line cannot be changed, this process executes the plain command. */
#include "warm.h"

#include <arpa/inet.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "preload.h"

enum { RUNNER_FD = 3, OPEN_FOLDERS = 16 };

/* Each module saves more time in programs that use it than it costs in others. No module starts a thread, registers
 * an exit handler or adds a submodule to a package that the program did not import. Further modules would make the
 * exit of every run slower. */
static const char *const PRELOADED[] = {"bisect", "collections", "datetime", "functools", "heapq", "itertools",
    "json", "linecache", "math", "random", "re", "string", "textwrap", "traceback", "typing"};

/* The environment variable with additional modules, separated by commas. Package sets use it. The program does not
 * see it. */
#define MORE_MODULES "RUNONCE_PRELOAD"

/* The set of names in sys.modules after site was imported, used by is_preloaded. */
static PyObject *started_with;
static char **plain_argv;

/* Executes the plain command with the program's name and arguments: execve(2). The other descriptors are already
 * closed or close on exec. */
static void run_plainly(void) {
    (void)signal(SIGPIPE, SIG_DFL); /* Python ignores SIGPIPE, and the new program would inherit this */
    execvp(plain_argv[0], plain_argv);
    _exit(127);
}

static int initialize(int argc, char **argv) {
    PyConfig config;
    PyConfig_InitPythonConfig(&config);
    PyStatus status = PyConfig_SetBytesArgv(&config, argc, argv);
    if (!PyStatus_Exception(status))
        status = Py_InitializeFromConfig(&config);
    PyConfig_Clear(&config);
    return PyStatus_Exception(status) ? -1 : 0;
}

/* Removes MORE_MODULES from the environment, before the interpreter copies the environment. Returns NULL if it was
 * not set. */
static char *take_more_modules(void) {
    char *variable = variable_find(MORE_MODULES);
    char *names = variable == NULL ? NULL : strdup(getenv(MORE_MODULES));
    (void)unsetenv(MORE_MODULES);
    variable_wipe(variable);
    return names;
}

static int import(const char *name) {
    PyObject *module = PyImport_ImportModule(name);
    if (module == NULL)
        return -1;
    Py_DECREF(module);
    return 0;
}

static int preload(char *more_modules) {
    PyObject *finders = PySys_GetObject("path_importer_cache");
    PyObject *known_finders = PyDict_Copy(finders);
    started_with = PySet_New(PyImport_GetModuleDict());
    if (started_with == NULL || known_finders == NULL)
        return -1;
    for (size_t i = 0; i < sizeof PRELOADED / sizeof PRELOADED[0]; i++)
        if (import(PRELOADED[i]) < 0)
            return -1;
    for (char *name = more_modules; name != NULL;)
        if (import(strsep(&name, ",")) < 0)
            return -1;
    PyDict_Clear(finders);
    if (PyDict_Update(finders, known_finders) < 0)
        return -1;
    Py_DECREF(known_finders);
    return 0;
}

static int read_all(void *data, size_t size) {
    for (size_t done = 0; done < size;) {
        ssize_t count = read(RUNNER_FD, (char *)data + done, size - done);
        if (count <= 0)
            return -1;
        done += (size_t)count;
    }
    return 0;
}

/* Reads the frame: its size (4 bytes, big-endian), then NUL-terminated strings: the name of the main file and the
 * arguments. Stores them in plain_argv and returns their number. Exits without a message at end of file, because the
 * runner then has no program. */
static int receive_program(char *interpreter) {
    uint32_t size;
    if (write(RUNNER_FD, "R", 1) != 1 || read_all(&size, sizeof size) < 0)
        _exit(0);
    size = ntohl(size);
    char *strings = malloc((size_t)size + 1);
    plain_argv = calloc((size_t)size + 2, sizeof *plain_argv);
    if (strings == NULL || plain_argv == NULL || read_all(strings, size) < 0)
        _exit(0);
    (void)close(RUNNER_FD);
    strings[size] = '\0';
    int argc = 0;
    plain_argv[argc++] = interpreter;
    for (uint32_t at = 0; at < size; at += (uint32_t)strlen(strings + at) + 1)
        plain_argv[argc++] = strings + at;
    return argc;
}

/* Whether a module with this name is loaded only because of the preloading. */
static int is_preloaded(const char *name) {
    PyObject *key = PyUnicode_DecodeFSDefault(name);
    int preloaded = key != NULL && PySet_Contains(started_with, key) == 0 && PyDict_GetItem(PyImport_GetModuleDict(), key) != NULL;
    Py_XDECREF(key);
    PyErr_Clear();
    return preloaded;
}

/* Callback of nftw(3). Returns 1 if a file or folder has the name of a preloaded module. */
static int is_shadowed(const char *path, const struct stat *status, int type, struct FTW *where) {
    (void)status;
    (void)type;
    char name[NAME_MAX + 1];
    const char *base = path + where->base;
    size_t size = strcspn(base, ".");
    if (size == 0 || size >= sizeof name)
        return 0;
    memcpy(name, base, size);
    name[size] = '\0';
    return is_preloaded(name);
}

/* Sets sys.`name` to the list of strings that begins at `first`. */
static int set_sys_list(const char *name, char **first) {
    PyObject *list = PyList_New(0);
    for (; list != NULL && *first != NULL; first++) {
        PyObject *text = PyUnicode_DecodeFSDefault(*first);
        if (text == NULL || PyList_Append(list, text) < 0)
            return -1;
        Py_DECREF(text);
    }
    return list == NULL ? -1 : PySys_SetObject(name, list);
}

/* Changes the interpreter's configuration to the command line `argv`. */
static int set_command_line(int argc, char **argv) {
    PyConfig *config = (PyConfig *)_Py_GetConfig(); /* Py_RunMain reads the configuration, and no API can change it after initialization */
    wchar_t *folder = Py_DecodeLocale(getcwd(NULL, 0), NULL), *name = Py_DecodeLocale(argv[1], NULL);
    wchar_t **arguments = PyMem_RawCalloc((size_t)argc, sizeof *arguments);
    if (folder == NULL || name == NULL || arguments == NULL)
        return -1;
    for (int i = 1; i < argc; i++)
        arguments[i - 1] = Py_DecodeLocale(argv[i], NULL);
    PyObject *path = PyUnicode_FromFormat("%ls/%ls", folder, name);
    wchar_t *absolute = path == NULL ? NULL : PyUnicode_AsWideCharString(path, NULL);
    if (absolute == NULL || PyStatus_Exception(PyConfig_SetString(config, &config->run_filename, absolute)))
        return -1;
    if (PyStatus_Exception(PyConfig_SetWideStringList(config, &config->argv, argc - 1, arguments)))
        return -1;
    Py_XDECREF(path);
    return set_sys_list("argv", argv + 1) < 0 || set_sys_list("orig_argv", argv) < 0 ? -1 : 0;
}

static int warm_main(int argc, char **argv, char **environment) {
    (void)environment;
    (void)forget_preload();
    char *more_modules = take_more_modules();
    (void)fcntl(RUNNER_FD, F_SETFD, FD_CLOEXEC);
    if (initialize(argc, argv) < 0)
        _exit(1); /* the runner runs the plain command */
    heap_begin();
    if (preload(more_modules) < 0 || heap_set_aside() < 0)
        _exit(1);
    int count = receive_program(argv[0]);
    if (nftw(".", is_shadowed, OPEN_FOLDERS, FTW_PHYS) != 0)
        run_plainly();
    bool same = count == argc && strcmp(plain_argv[1], argv[1]) == 0;
    if (!same && set_command_line(count, plain_argv) < 0)
        run_plainly();
    return Py_RunMain();
}

/* Replaces the function of the C library that the interpreter's _start calls, in order to replace main. */
int __libc_start_main(int (*main)(int, char **, char **), int argc, char **argv, void (*init)(void),
    void (*fini)(void), void (*rtld_fini)(void), void *stack_end);

__attribute__((visibility("default"))) int __libc_start_main(int (*main)(int, char **, char **), int argc, char **argv,
    void (*init)(void), void (*fini)(void), void (*rtld_fini)(void), void *stack_end) {
    (void)main;
    __typeof__(&__libc_start_main) real = (__typeof__(&__libc_start_main))dlsym(RTLD_NEXT, "__libc_start_main");
    return real(warm_main, argc, argv, init, fini, rtld_fini, stack_end);
}
