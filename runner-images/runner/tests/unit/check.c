#include "check.h"

#include <fcntl.h>
#include <ftw.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static struct {
    int number;
    int failed;
    bool holds;
    char folders[128][64];
    size_t folder_count;
} state;

void test(const char *title, test_function *function) {
    state.holds = true;
    function();
    state.number++;
    state.failed += !state.holds;
    printf("%sok %d - %s\n", state.holds ? "" : "not ", state.number, title);
    fflush(stdout);
}

void expect(bool holds, const char *file, int line, const char *format, ...) {
    if (holds)
        return;
    state.holds = false;
    printf("# %s:%d: ", file, line);
    va_list arguments;
    va_start(arguments, format);
    vprintf(format, arguments);
    va_end(arguments);
    printf("\n");
}

void note(const char *text) {
    printf("# %s\n", text);
}

bool is_text(const char *bytes, size_t size, const char *text) {
    return size == strlen(text) && memcmp(bytes, text, size) == 0;
}

int fresh_folder(char path[64]) {
    strcpy(path, "/tmp/runner-check-XXXXXX");
    if (mkdtemp(path) == NULL || state.folder_count == COUNT(state.folders))
        abort();
    strcpy(state.folders[state.folder_count++], path);
    return open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

void put_bytes(int dir_fd, const char *name, const char *bytes, size_t size) {
    int fd = openat(dir_fd, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    EXPECT_IN(fd >= 0 && write(fd, bytes, size) == (ssize_t)size && close(fd) == 0, "%s", name);
}

void put_text(const char *path, const char *text) {
    put_bytes(AT_FDCWD, path, text, strlen(text));
}

int memory_file(void) {
    int fd = memfd_create("check", MFD_CLOEXEC);
    if (fd < 0)
        abort();
    return fd;
}

char *written_to(int fd, size_t *size) {
    struct stat stat;
    if (fstat(fd, &stat) < 0)
        abort();
    *size = (size_t)stat.st_size;
    char *bytes = calloc(1, *size + 8);
    if (bytes == NULL || pread(fd, bytes, *size, 0) != stat.st_size)
        abort();
    close(fd);
    return bytes;
}

void expect_in_child(int (*function)(void)) {
    int status = -1;
    pid_t pid = fork();
    if (pid == 0)
        _exit(function());
    EXPECT(pid > 0 && waitpid(pid, &status, 0) == pid);
    EXPECT_IN(status == 0, "wait status %x", (unsigned)status);
}

static int remove_entry(const char *path, const struct stat *stat, int type, struct FTW *walk) {
    (void)stat, (void)type, (void)walk;
    return remove(path);
}

int main(void) {
    /* Marks all descriptors close-on-exec, like main.c, because the children of the tests must not inherit them. */
    (void)syscall(SYS_close_range, 3, ~0U, 4);
    printf("TAP version 13\n");
    scan_tests();
    utf8_tests();
    strings_tests();
    base64_tests();
    json_writer_tests();
    payload_tests();
    limits_tests();
    files_tests();
    source_tests();
    language_tests();
    commands_tests();
    cgroup_tests();
    guard_tests();
    stash_fds_tests();
    glob_tests();
    outputs_tests();
    outputs_bounds_tests();
    output_tests();
    receive_tests();
    result_tests();
    events_tests();
    interaction_tests();
    io_tests();
    memory_tests();
    warm_tests();
    cases_tests();
    restore_tests();
    for (size_t i = 0; i < state.folder_count; i++)
        (void)nftw(state.folders[i], remove_entry, 8, FTW_DEPTH | FTW_PHYS);
    printf("1..%d\n# %d passed, %d failed\n", state.number, state.number - state.failed, state.failed);
    return state.failed == 0 ? 0 : 1;
}
