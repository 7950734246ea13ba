/* Starts the program that Warm has built, as Java's launcher does. */
#ifndef LAUNCH_H
#define LAUNCH_H

#include <jni.h>
#include <stdbool.h>

/* The indexes of the elements of `program`. */
enum { MAIN_CLASS, ARGUMENTS, CLASS_PATH };

/* Replaces the class path, which contains Warm, by the class path of the program. Returns false on failure. */
bool launch_set_class_path(JNIEnv *env, jobjectArray program);

/* Runs the program and frees its global reference. Returns the exit code. An exception that main threw stays pending. */
int launch(JNIEnv *env, jobjectArray program);

#endif
