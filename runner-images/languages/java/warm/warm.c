/* Java's warm interpreter: a library that LD_PRELOAD loads into `java`. It replaces the launcher (JLI_Launch),
 * creates the virtual machine with the options of the plain command, lets runonce.Warm compile a training program,
 * sends R to the runner and waits. When the payload arrives, Warm compiles the program, and launch.c starts it.
 *
 * Warm runs in a separate thread, which exits before the program starts, so that the main thread is in the same state
 * as after a plain start. */
#include <jni.h>

#include <arpa/inet.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include "launch.h"
#include "preload.h"

/* Descriptor 3 must be free again, because the first file that the virtual machine opens in a plain start gets this
 * number. */
enum { RUNNER_FD = 3, KEPT_FD = 200 };
enum { MOST_OPTIONS = 32, EXIT_CANT_BUILD = 1 };
/* The number of hash codes that the launcher's thread generates before main. Found by experiment. */
enum { HASHES_OF_A_START = 2 };

/* The structure that JNI_GetDefaultJavaVMInitArgs fills for version 1.1. Only this version returns the stack size.
 * Source: the launcher's java.c. */
struct defaults {
    jint version;
    char **properties;
    jint check_source, native_stack_bytes, java_stack_bytes;
    char rest[256];
};

struct launch_state {
    int argc;
    char **argv;
    void *library;
    JavaVM *vm;
    jobjectArray program; /* a global reference to the result of Warm.compile; NULL if the program does not compile */
    int exit_code;
};

static void send_message(const char *data, size_t size) {
    if (write(KEPT_FD, data, size) != (ssize_t)size)
        _exit(0);
}

/* Exits without a message at end of file, because the runner then has no program. */
static void read_message(void *data, size_t size) {
    for (size_t done = 0; done < size;) {
        ssize_t count = read(KEPT_FD, (char *)data + done, size - done);
        if (count <= 0)
            _exit(0);
        done += (size_t)count;
    }
}

/* Makes the runner kill this process and run the plain commands. */
static void refuse(void) __attribute__((noreturn));

static void refuse(void) {
    char message;
    send_message("P", 1);
    read_message(&message, 1);
    _exit(1);
}

/* Reads the frame: its size (4 bytes, big-endian), then NUL-terminated strings: the name of the main file and the
 * arguments. */
static jbyteArray read_frame(JNIEnv *env) {
    uint32_t size;
    read_message(&size, sizeof size);
    size = ntohl(size);
    jbyte *strings = malloc((size_t)size + 1);
    jbyteArray frame = (*env)->NewByteArray(env, (jsize)size);
    if (strings == NULL || frame == NULL)
        refuse();
    read_message(strings, size);
    (*env)->SetByteArrayRegion(env, frame, 0, (jsize)size, strings);
    free(strings);
    return frame;
}

/* Returns the address where java.lang.Thread stores the number of the next thread, or NULL. */
static int64_t *next_thread_number(JNIEnv *env) {
    jclass numbers = (*env)->FindClass(env, "java/lang/Thread$ThreadIdentifiers");
    jfieldID offset = numbers == NULL ? NULL : (*env)->GetStaticFieldID(env, numbers, "NEXT_TID_OFFSET", "J");
    return offset == NULL ? NULL : (int64_t *)(intptr_t)(*env)->GetStaticLongField(env, numbers, offset);
}

/* Allows Warm to use JavacTaskPool, which its module does not export. A command-line option would be visible to the
 * program. Returns false on failure. */
static bool export_pool(JNIEnv *env) {
    jclass pool = (*env)->FindClass(env, "com/sun/tools/javac/api/JavacTaskPool");
    jclass type = (*env)->FindClass(env, "java/lang/Class"), module_type = (*env)->FindClass(env, "java/lang/Module");
    if (pool == NULL || type == NULL || module_type == NULL)
        return false;
    jmethodID get_module = (*env)->GetMethodID(env, type, "getModule", "()Ljava/lang/Module;");
    jmethodID export = (*env)->GetMethodID(env, module_type, "implAddExportsToAllUnnamed", "(Ljava/lang/String;)V");
    if (get_module == NULL || export == NULL)
        return false;
    jobject module = (*env)->CallObjectMethod(env, pool, get_module);
    (*env)->CallVoidMethod(env, module, export, (*env)->NewStringUTF(env, "com.sun.tools.javac.api"));
    return !(*env)->ExceptionCheck(env);
}

/* Performs steps that a plain start has performed in its main thread at this point, before Warm's thread performs
 * them: starts the cleaner thread and generates the hash codes of the first objects. The hash codes of the program's
 * objects are then the same as in a plain run. */
static void catch_up(JNIEnv *env) {
    jclass cleaners = (*env)->FindClass(env, "jdk/internal/ref/CleanerFactory"), object = (*env)->FindClass(env, "java/lang/Object");
    jmethodID make = object == NULL ? NULL : (*env)->GetMethodID(env, object, "<init>", "()V");
    jmethodID hash = make == NULL ? NULL : (*env)->GetMethodID(env, object, "hashCode", "()I");
    if (cleaners == NULL || hash == NULL)
        _exit(1);
    (void)(*env)->GetStaticMethodID(env, cleaners, "cleaner", "()Ljava/lang/ref/Cleaner;"); /* initializes the class */
    for (int i = 0; i < HASHES_OF_A_START; i++)
        (void)(*env)->CallIntMethod(env, (*env)->NewObject(env, object, make), hash);
    if ((*env)->ExceptionCheck(env))
        _exit(1);
}

/* Runs the training, waits for the program and builds it. */
static void build(struct launch_state *state, JNIEnv *env) {
    jclass warm = export_pool(env) ? (*env)->FindClass(env, "runonce/Warm") : NULL;
    jmethodID train = warm == NULL ? NULL : (*env)->GetStaticMethodID(env, warm, "train", "()V");
    jmethodID compile = train == NULL ? NULL : (*env)->GetStaticMethodID(env, warm, "compile", "([B)[Ljava/lang/Object;");
    if (compile != NULL)
        (*env)->CallStaticVoidMethod(env, warm, train);
    if (compile == NULL || (*env)->ExceptionCheck(env)) {
        (*env)->ExceptionDescribe(env);
        _exit(1); /* the runner runs the plain commands */
    }
    send_message("R", 1);
    jobjectArray program = (*env)->CallStaticObjectMethod(env, warm, compile, read_frame(env));
    if ((*env)->ExceptionCheck(env)) {
        (*env)->ExceptionDescribe(env); /* the runner discards this output */
        refuse();
    }
    state->program = (*env)->NewGlobalRef(env, program);
}

/* pthread_create(3)'s: Warm's thread. */
static void *builder(void *argument) {
    struct launch_state *state = argument;
    JavaVMAttachArgs attach = {.version = JNI_VERSION_21, .name = (char[]){"builder"}};
    JNIEnv *env;
    if ((*state->vm)->AttachCurrentThread(state->vm, (void **)&env, &attach) != JNI_OK)
        _exit(1);
    build(state, env);
    (void)(*state->vm)->DetachCurrentThread(state->vm);
    return NULL;
}

static void *start_function(const struct launch_state *state, const char *name) {
    void *function = dlsym(state->library, name);
    if (function == NULL)
        _exit(1);
    return function;
}

/* Runs a routine in a thread with the stack size of the launcher's main thread. The thread has no guard page, because
 * Java creates its own. */
static void run_thread(const struct launch_state *state, void *(*routine)(void *)) {
    struct defaults defaults = {.version = JNI_VERSION_1_1};
    jint (*get_defaults)(void *) = (__typeof__(get_defaults))start_function(state, "JNI_GetDefaultJavaVMInitArgs");
    pthread_attr_t attributes;
    pthread_t thread;
    (void)get_defaults(&defaults);
    (void)pthread_attr_init(&attributes);
    (void)pthread_attr_setguardsize(&attributes, 0);
    if (defaults.java_stack_bytes > 0)
        (void)pthread_attr_setstacksize(&attributes, (size_t)defaults.java_stack_bytes);
    if (pthread_create(&thread, &attributes, routine, (void *)state) != 0 || pthread_join(thread, NULL) != 0)
        _exit(1);
}

static JNIEnv *create_vm(struct launch_state *state) {
    jint (*create)(JavaVM **, void **, void *) = (__typeof__(create))start_function(state, "JNI_CreateJavaVM");
    JavaVMOption options[MOST_OPTIONS] = {{.optionString = (char[]){"-Dsun.java.launcher=SUN_STANDARD"}}};
    JavaVMInitArgs arguments = {.version = JNI_VERSION_1_2, .nOptions = 1, .options = options};
    JNIEnv *env;
    for (int i = 1; i < state->argc && i < MOST_OPTIONS; i++)
        options[arguments.nOptions++].optionString = state->argv[i];
    /* With compiler.json, the virtual machine prints a message to stdout, so stdout is redirected meanwhile. */
    int output = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, KEPT_FD + 1), nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
    if (output < 0 || nowhere < 0 || dup2(nowhere, STDOUT_FILENO) < 0 || close(nowhere) < 0)
        _exit(1);
    if (create(&state->vm, (void **)&env, &arguments) != JNI_OK || dup2(output, STDOUT_FILENO) < 0 || close(output) < 0)
        _exit(1);
    return env;
}

/* The start routine of the main thread: pthread_create(3). */
static void *run(void *argument) {
    struct launch_state *state = argument;
    JNIEnv *env = create_vm(state);
    catch_up(env);
    int64_t *thread_number = next_thread_number(env), first_number = thread_number == NULL ? 0 : *thread_number;
    char message;
    run_thread(state, builder);
    if (state->program == NULL) {
        send_message((char[]){'F', EXIT_CANT_BUILD}, 2);
        _exit(EXIT_CANT_BUILD);
    }
    if (thread_number == NULL || !launch_set_class_path(env, state->program))
        refuse();
    *thread_number = first_number;
    send_message("B", 1);
    read_message(&message, 1);
    (void)close(KEPT_FD);
    state->exit_code = launch(env, state->program);
    /* As in the launcher: detaching the thread reports a pending exception, and DestroyJavaVM waits for the other
     * threads. */
    if ((*state->vm)->DetachCurrentThread(state->vm) != JNI_OK)
        state->exit_code = 1;
    (*state->vm)->DestroyJavaVM(state->vm);
    return NULL;
}

/* Replaces the function of the launcher's library that `java` calls in its main. */
__attribute__((visibility("default"))) int JLI_Launch(int argc, char **argv, ...) {
    struct launch_state state = {.argc = argc, .argv = argv, .library = dlopen(LIBJVM, RTLD_NOW | RTLD_GLOBAL)};
    (void)forget_preload();
    if (state.library == NULL || dup3(RUNNER_FD, KEPT_FD, O_CLOEXEC) < 0)
        return 1;
    (void)close(RUNNER_FD);
    run_thread(&state, run);
    return state.exit_code;
}
