/* The launcher's part, for a program that Warm has built. */
#ifndef LAUNCH_H
#define LAUNCH_H

#include <jni.h>
#include <stdbool.h>

/* The elements of `program`. */
enum { MAIN_CLASS, ARGUMENTS, CLASS_PATH };

/* Exchanges the class path, where Warm was, for the program's. Returns whether it could. */
bool launch_set_class_path(JNIEnv *env, jobjectArray program);

/* Runs the program, whose global reference it frees. Returns the exit code; an exception that main threw is pending. */
int launch(JNIEnv *env, jobjectArray program);

#endif
