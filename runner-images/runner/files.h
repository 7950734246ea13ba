/* The files that a payload contains, and the files that a run returns.
 * Unless stated otherwise, functions return 0, or -1 with errno set. */
#ifndef FILES_H
#define FILES_H

#include <dirent.h>
#include <sys/stat.h>

#include "payload.h"

/* ---- folders.c ---- */

/* Whether our user can have created a file with this status. Root can have created any file. */
bool is_own(const struct stat *status);
/* Opens the folder for reading, and closes folder_fd on an error. closedir(3) closes both. */
DIR *folder_stream(int folder_fd);
/* Returns the name of the next entry other than `.` and `..`, or NULL. */
const char *folder_next(DIR *folder);
/* Opens a folder that is not a link. Returns its descriptor. */
int folder_open(int parent_fd, const char *name);
/* Opens the folder of a file in dir_fd without following a link in any component. Sets *name to the file's name in that folder.
 * Creates missing folders if `create` is true. Returns the folder's descriptor, which is dir_fd if the path has no folder. */
int folder_open_parent(int dir_fd, const char *path, bool create, const char **name);

/* ---- files.c ---- */

/* Returns the reason why a file name is refused, or NULL. */
const char *file_name_error(const char *name, size_t size);
/* Changes to the work dir and sets *path, which the caller frees. The work dir is RUNONCE_WORK_DIR, else the current folder,
 * else $HOME, else the home in passwd of a user with our user ID: the first that is writable. Also sets $HOME to it if $HOME is
 * not writable. Returns the folder's descriptor, or -1 with errno set. */
int work_dir_enter(const char *passwd, char **path);
/* Returns -1 with errno set and the file's field in error: `files[1].name: Not a directory`. */
int files_write(int dir_fd, struct payload *payload, char *error, size_t error_size);

/* ---- outputs.c ---- */

/* A file that the run returns. */
struct output_file {
    char *name;
    uint64_t size;
    /* The open file, or -1 if the run does not return its content. */
    int fd;
    /* Why it cannot be returned, or NULL. */
    const char *error;
};

struct output_files {
    struct output_file *items;
    size_t count;
    size_t capacity;
};

/* Finds the files that match, in name order, and opens those that the limits allow. No process of the program may run. */
void outputs_find(const struct globs *globs, int dir_fd, struct output_limits *left, struct output_files *files);

/* ---- output_files.c ---- */

/* Writes the member `files` of the result. */
void output_files_write(struct writer *writer, const struct output_files *files);
void output_files_free(struct output_files *files);

#endif
