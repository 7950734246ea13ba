/* Starts the program as Java's launcher does after it has created the virtual machine. LauncherHelper loads and
 * checks the main class, and JNI calls main, so that the stack contains no other frames. Source: JavaMain in the
 * launcher's java.c. */
#include "launch.h"

/* A constant of LauncherHelper: main is the name of a class, not of a jar file. */
enum { LM_CLASS = 1 };

bool launch_set_class_path(JNIEnv *env, jobjectArray program) {
    jclass loaders = (*env)->FindClass(env, "java/lang/ClassLoader"), builtin = (*env)->FindClass(env, "jdk/internal/loader/BuiltinClassLoader");
    jclass path = (*env)->FindClass(env, "jdk/internal/loader/URLClassPath");
    if (loaders == NULL || builtin == NULL || path == NULL)
        return false;
    jfieldID field = (*env)->GetFieldID(env, builtin, "ucp", "Ljdk/internal/loader/URLClassPath;");
    jmethodID get = (*env)->GetStaticMethodID(env, loaders, "getSystemClassLoader", "()Ljava/lang/ClassLoader;");
    jmethodID set = (*env)->GetMethodID(env, builtin, "setClassPath", "(Ljdk/internal/loader/URLClassPath;)V");
    jmethodID make = (*env)->GetMethodID(env, path, "<init>", "(Ljava/lang/String;Z)V");
    jmethodID close_files = (*env)->GetMethodID(env, path, "closeLoaders", "()Ljava/util/List;");
    if (field == NULL || get == NULL || set == NULL || make == NULL || close_files == NULL)
        return false;
    jobject folders = (*env)->GetObjectArrayElement(env, program, CLASS_PATH);
    jobject loader = (*env)->CallStaticObjectMethod(env, loaders, get);
    (void)(*env)->CallObjectMethod(env, (*env)->GetObjectField(env, loader, field), close_files);
    (*env)->CallVoidMethod(env, loader, set, (*env)->NewObject(env, path, make, folders, JNI_FALSE));
    return !(*env)->ExceptionCheck(env);
}

/* LauncherHelper loads the class and checks its main method. Without a main method, it prints an error and exits. */
static jclass load_main_class(JNIEnv *env, jclass helper, jobject name) {
    jmethodID load = (*env)->GetStaticMethodID(env, helper, "checkAndLoadMain", "(ZILjava/lang/String;)Ljava/lang/Class;");
    return load == NULL ? NULL : (*env)->CallStaticObjectMethod(env, helper, load, JNI_TRUE, LM_CLASS, name);
}

static bool flag(JNIEnv *env, jclass helper, const char *name) {
    jfieldID field = (*env)->GetStaticFieldID(env, helper, name, "Z");
    return field != NULL && (*env)->GetStaticBooleanField(env, helper, field);
}

/* Calls main, which can be static or an instance method, with or without arguments. Returns false with an exception
 * pending if there is no main method. */
static bool call_main(JNIEnv *env, jclass helper, jclass main_class, jobject arguments) {
    const char *signature = flag(env, helper, "noArgMain") ? "()V" : "([Ljava/lang/String;)V";
    if (flag(env, helper, "isStaticMain")) {
        jmethodID method = (*env)->GetStaticMethodID(env, main_class, "main", signature);
        if (method != NULL)
            (*env)->CallStaticVoidMethod(env, main_class, method, arguments);
        return method != NULL;
    }
    jmethodID constructor = (*env)->GetMethodID(env, main_class, "<init>", "()V");
    jobject instance = constructor == NULL ? NULL : (*env)->NewObject(env, main_class, constructor);
    jmethodID method = instance == NULL ? NULL : (*env)->GetMethodID(env, main_class, "main", signature);
    if (method != NULL)
        (*env)->CallVoidMethod(env, instance, method, arguments);
    return method != NULL;
}

int launch(JNIEnv *env, jobjectArray program) {
    jclass helper = (*env)->FindClass(env, "sun/launcher/LauncherHelper");
    jobject name = (*env)->GetObjectArrayElement(env, program, MAIN_CLASS);
    jobject arguments = (*env)->GetObjectArrayElement(env, program, ARGUMENTS);
    (*env)->DeleteGlobalRef(env, program);
    jclass main_class = helper == NULL ? NULL : load_main_class(env, helper, name);
    if (main_class == NULL || !call_main(env, helper, main_class, arguments)) {
        (*env)->ExceptionDescribe(env);
        return 1;
    }
    return (*env)->ExceptionCheck(env) ? 1 : 0;
}
