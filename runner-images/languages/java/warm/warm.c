/* Java's warm starter: a library that `java` is started with (LD_PRELOAD). It takes the launcher's place (JLI_Launch),
 * creates the virtual machine with the plain command's options, lets runonce.Warm compile a training program, says R on
 * the runner's descriptor and waits. When the program comes, Warm compiles it; then launch.c does as the launcher does.
 *
 * Warm has a thread of its own, which has ended by then: the main thread is as fresh as after a plain start. */
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

/* The virtual machine opens its first file as 3, as it does in a plain start. */
enum { RUNNER_FD = 3, KEPT_FD = 200 };
enum { MOST_OPTIONS = 32, EXIT_CANT_BUILD = 1 };
/* Found by trial: what the launcher's own thread has drawn before main. */
enum { HASHES_OF_A_START = 2 };

/* What JNI_GetDefaultJavaVMInitArgs fills in for the old version, which alone tells the stack's size. Source: java.c of the launcher. */
struct defaults {
    jint version;
    char **properties;
    jint check_source, native_stack_bytes, java_stack_bytes;
    char rest[256];
};

struct starter {
    int argc;
    char **argv;
    void *library;
    JavaVM *vm;
    jobjectArray program; /* a global reference to what Warm made of the payload; NULL: it doesn't compile */
    int exit_code;
};

static void say(const char *words, size_t size) {
    if (write(KEPT_FD, words, size) != (ssize_t)size)
        _exit(0);
}

/* Leaves quietly when the runner has no program for us. */
static void hear(void *data, size_t size) {
    for (size_t done = 0; done < size;) {
        ssize_t count = read(KEPT_FD, (char *)data + done, size - done);
        if (count <= 0)
            _exit(0);
        done += (size_t)count;
    }
}

/* The runner kills us and runs the plain commands. */
static void refuse(void) __attribute__((noreturn));

static void refuse(void) {
    char word;
    say("P", 1);
    hear(&word, 1);
    _exit(1);
}

/* The frame: its size, 4 bytes big-endian, then NUL-terminated strings, the main file's name and the arguments. */
static jbyteArray hear_frame(JNIEnv *env) {
    uint32_t size;
    hear(&size, sizeof size);
    size = ntohl(size);
    jbyte *strings = malloc((size_t)size + 1);
    jbyteArray frame = (*env)->NewByteArray(env, (jsize)size);
    if (strings == NULL || frame == NULL)
        refuse();
    hear(strings, size);
    (*env)->SetByteArrayRegion(env, frame, 0, (jsize)size, strings);
    free(strings);
    return frame;
}

/* Where java.lang.Thread keeps the number of the next thread, or NULL. */
static int64_t *next_thread_number(JNIEnv *env) {
    jclass numbers = (*env)->FindClass(env, "java/lang/Thread$ThreadIdentifiers");
    jfieldID offset = numbers == NULL ? NULL : (*env)->GetStaticFieldID(env, numbers, "NEXT_TID_OFFSET", "J");
    return offset == NULL ? NULL : (int64_t *)(intptr_t)(*env)->GetStaticLongField(env, numbers, offset);
}

/* Lets Warm use JavacTaskPool, which its module keeps to itself; an option would be seen among the program's. Returns whether it could. */
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

/* A plain start has done this in its main thread by now, so it has to be done before Warm's thread does it: started the
 * thread that cleans up after files, and drawn hash codes for objects. Those that a program draws are the same each time. */
static void catch_up(JNIEnv *env) {
    jclass cleaners = (*env)->FindClass(env, "jdk/internal/ref/CleanerFactory"), object = (*env)->FindClass(env, "java/lang/Object");
    jmethodID make = object == NULL ? NULL : (*env)->GetMethodID(env, object, "<init>", "()V");
    jmethodID hash = make == NULL ? NULL : (*env)->GetMethodID(env, object, "hashCode", "()I");
    if (cleaners == NULL || hash == NULL)
        _exit(1);
    (void)(*env)->GetStaticMethodID(env, cleaners, "cleaner", "()Ljava/lang/ref/Cleaner;"); /* which initializes the class */
    for (int i = 0; i < HASHES_OF_A_START; i++)
        (void)(*env)->CallIntMethod(env, (*env)->NewObject(env, object, make), hash);
    if ((*env)->ExceptionCheck(env))
        _exit(1);
}

/* Trains, waits for the program and builds it. */
static void build(struct starter *starter, JNIEnv *env) {
    jclass warm = export_pool(env) ? (*env)->FindClass(env, "runonce/Warm") : NULL;
    jmethodID train = warm == NULL ? NULL : (*env)->GetStaticMethodID(env, warm, "train", "()V");
    jmethodID compile = train == NULL ? NULL : (*env)->GetStaticMethodID(env, warm, "compile", "([B)[Ljava/lang/Object;");
    if (compile != NULL)
        (*env)->CallStaticVoidMethod(env, warm, train);
    if (compile == NULL || (*env)->ExceptionCheck(env)) {
        (*env)->ExceptionDescribe(env);
        _exit(1); /* the runner runs the plain commands */
    }
    say("R", 1);
    jobjectArray program = (*env)->CallStaticObjectMethod(env, warm, compile, hear_frame(env));
    if ((*env)->ExceptionCheck(env)) {
        (*env)->ExceptionDescribe(env); /* the runner drops it */
        refuse();
    }
    starter->program = (*env)->NewGlobalRef(env, program);
}

/* pthread_create(3)'s: Warm's thread. */
static void *builder(void *argument) {
    struct starter *starter = argument;
    JavaVMAttachArgs attach = {.version = JNI_VERSION_21, .name = (char[]){"builder"}};
    JNIEnv *env;
    if ((*starter->vm)->AttachCurrentThread(starter->vm, (void **)&env, &attach) != JNI_OK)
        _exit(1);
    build(starter, env);
    (void)(*starter->vm)->DetachCurrentThread(starter->vm);
    return NULL;
}

static void *start_function(const struct starter *starter, const char *name) {
    void *function = dlsym(starter->library, name);
    if (function == NULL)
        _exit(1);
    return function;
}

/* A thread of the size that the launcher gives its main thread, without a guard page, since Java has its own. */
static void run_thread(const struct starter *starter, void *(*routine)(void *)) {
    struct defaults defaults = {.version = JNI_VERSION_1_1};
    jint (*get_defaults)(void *) = (__typeof__(get_defaults))start_function(starter, "JNI_GetDefaultJavaVMInitArgs");
    pthread_attr_t attributes;
    pthread_t thread;
    (void)get_defaults(&defaults);
    (void)pthread_attr_init(&attributes);
    (void)pthread_attr_setguardsize(&attributes, 0);
    if (defaults.java_stack_bytes > 0)
        (void)pthread_attr_setstacksize(&attributes, (size_t)defaults.java_stack_bytes);
    if (pthread_create(&thread, &attributes, routine, (void *)starter) != 0 || pthread_join(thread, NULL) != 0)
        _exit(1);
}

static JNIEnv *create_vm(struct starter *starter) {
    jint (*create)(JavaVM **, void **, void *) = (__typeof__(create))start_function(starter, "JNI_CreateJavaVM");
    JavaVMOption options[MOST_OPTIONS] = {{.optionString = (char[]){"-Dsun.java.launcher=SUN_STANDARD"}}};
    JavaVMInitArgs arguments = {.version = JNI_VERSION_1_2, .nOptions = 1, .options = options};
    JNIEnv *env;
    for (int i = 1; i < starter->argc && i < MOST_OPTIONS; i++)
        options[arguments.nOptions++].optionString = starter->argv[i];
    /* It says on stdout that it has read compiler.json. */
    int output = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, KEPT_FD + 1), nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
    if (output < 0 || nowhere < 0 || dup2(nowhere, STDOUT_FILENO) < 0 || close(nowhere) < 0)
        _exit(1);
    if (create(&starter->vm, (void **)&env, &arguments) != JNI_OK || dup2(output, STDOUT_FILENO) < 0 || close(output) < 0)
        _exit(1);
    return env;
}

/* pthread_create(3)'s: the main thread. */
static void *run(void *argument) {
    struct starter *starter = argument;
    JNIEnv *env = create_vm(starter);
    catch_up(env);
    int64_t *thread_number = next_thread_number(env), first_number = thread_number == NULL ? 0 : *thread_number;
    char word;
    run_thread(starter, builder);
    if (starter->program == NULL) {
        say((char[]){'F', EXIT_CANT_BUILD}, 2);
        _exit(EXIT_CANT_BUILD);
    }
    if (thread_number == NULL || !launch_set_class_path(env, starter->program))
        refuse();
    *thread_number = first_number;
    say("B", 1);
    hear(&word, 1);
    (void)close(KEPT_FD);
    starter->exit_code = launch(env, starter->program);
    /* As the launcher: the thread ends, which is when an exception is told; then the other threads are waited for. */
    if ((*starter->vm)->DetachCurrentThread(starter->vm) != JNI_OK)
        starter->exit_code = 1;
    (*starter->vm)->DestroyJavaVM(starter->vm);
    return NULL;
}

/* The launcher's function, called by main of `java`, which is linked to the launcher's library. */
__attribute__((visibility("default"))) int JLI_Launch(int argc, char **argv, ...) {
    struct starter starter = {.argc = argc, .argv = argv, .library = dlopen(LIBJVM, RTLD_NOW | RTLD_GLOBAL)};
    (void)forget_preload();
    if (starter.library == NULL || dup3(RUNNER_FD, KEPT_FD, O_CLOEXEC) < 0)
        return 1;
    (void)close(RUNNER_FD);
    run_thread(&starter, run);
    return starter.exit_code;
}
