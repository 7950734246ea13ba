/* Reads and opens folders that a program can change: no link is followed in any component of a path. */
#include <string.h>
#include <unistd.h>

#include "runner.h"

bool is_own(const struct stat *status) {
    return geteuid() == 0 || status->st_uid == geteuid();
}

DIR *folder_stream(int folder_fd) {
    DIR *folder = fdopendir(folder_fd);
    if (folder == NULL)
        close_fd(&folder_fd);
    return folder;
}

const char *folder_next(DIR *folder) {
    struct dirent *entry;
    do
        entry = readdir(folder);
    while (entry != NULL && (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0));
    return entry == NULL ? NULL : entry->d_name;
}
