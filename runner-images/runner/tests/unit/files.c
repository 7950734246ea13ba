#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"
#include "runner.h"

static const struct {
    const char *name;
    size_t size; /* 0: strlen(name) */
    bool refused;
} NAMES[] = {
    {"main.py", 0, false}, {"a/b/c.txt", 0, false}, {"./a", 0, false}, {"a//b", 0, false}, {"...", 0, false}, {"a..b", 0, false},
    {"..a/b..", 0, false}, {"-x", 0, false},        {" ", 0, false},   {"\xf0\x9f\x98\x80", 0, false}, {"a\nb", 0, false},
    {"", 0, true},         {"/a", 0, true},         {"..", 0, true},   {"../a", 0, true},  {"a/..", 0, true}, {"a/../b", 0, true},
    {"a/", 0, true},       {".", 0, true},          {"a/.", 0, true},  {"./", 0, true},    {"a\0b", 3, true}, {"\0", 1, true},
};

static void names(void) {
    for (size_t i = 0; i < COUNT(NAMES); i++) {
        size_t size = NAMES[i].size == 0 ? strlen(NAMES[i].name) : NAMES[i].size;
        EXPECT_IN((file_name_error(NAMES[i].name, size) != NULL) == NAMES[i].refused, "name %zu: %s", i, NAMES[i].name);
    }
}

static void long_names(void) {
    char name[PATH_MAX + 2];
    memset(name, 'a', sizeof name);
    name[NAME_MAX] = '\0';
    EXPECT(file_name_error(name, NAME_MAX) == NULL);
    name[NAME_MAX] = 'a';
    name[NAME_MAX + 1] = '\0';
    EXPECT(file_name_error(name, NAME_MAX + 1) != NULL);
    memset(name, 'a', sizeof name);
    for (size_t i = 1; i < sizeof name; i += 2)
        name[i] = '/';
    name[PATH_MAX - 1] = '\0';
    EXPECT(file_name_error(name, PATH_MAX - 1) == NULL);
    name[PATH_MAX - 1] = 'a';
    name[PATH_MAX] = '\0';
    EXPECT(file_name_error(name, PATH_MAX) != NULL);
}

static bool holds(int dir_fd, const char *name, const char *content) {
    char bytes[256];
    int fd = openat(dir_fd, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    ssize_t size = fd < 0 ? -1 : read(fd, bytes, sizeof bytes);
    if (fd >= 0)
        close(fd);
    return size >= 0 && is_text(bytes, (size_t)size, content);
}

static int write_files(int dir_fd, struct file *files, size_t count, char error[256]) {
    struct payload payload = {.files = files, .file_count = count};
    error[0] = '\0';
    return files_write(dir_fd, &payload, error, 256);
}

static void written(void) {
    char path[64], error[256];
    int dir_fd = fresh_folder(path);
    struct file files[] = {
        {"main", "1", 1, false, false},   {"a/b/c", "deep", 4, false, false}, {"a/b/d", "", 0, false, false},
        {"./main", "2", 1, false, false}, {"a//b/./c", "x", 1, false, false}, {"\xc3\xa4", "u", 1, false, false},
    };
    EXPECT(write_files(dir_fd, files, COUNT(files), error) == 0);
    EXPECT(holds(dir_fd, "main", "2") && holds(dir_fd, "a/b/c", "x") && holds(dir_fd, "a/b/d", "") && holds(dir_fd, "\xc3\xa4", "u"));
    EXPECT(!files[0].repeated && !files[1].repeated && files[3].repeated && files[4].repeated);
    close(dir_fd);
}

static mode_t mode_of(int dir_fd, const char *name) {
    struct stat status;
    return fstatat(dir_fd, name, &status, 0) == 0 ? status.st_mode & 0777 : 0;
}

static void scripts(void) {
    char path[64], error[256];
    int dir_fd = fresh_folder(path);
    mode_t mask = umask(022);
    struct file files[] = {
        {"a/run", "#!/bin/sh\n", 10, false, false}, {"plain", "# !", 3, false, false}, {"short", "#", 1, false, false},
        {"twice", "x", 1, false, false},            {"twice", "#!", 2, false, false},
    };
    EXPECT(write_files(dir_fd, files, COUNT(files), error) == 0);
    EXPECT(mode_of(dir_fd, "a/run") == 0755 && mode_of(dir_fd, "twice") == 0755);
    EXPECT(mode_of(dir_fd, "plain") == 0644 && mode_of(dir_fd, "short") == 0644);
    umask(mask);
    close(dir_fd);
}

static void in_the_way(void) {
    static const struct {
        const char *first, *second, *error;
    } PAIRS[] = {
        {"a", "a/b", "files[1].name: Not a directory"},
        {"a/b", "a", "files[1].name: Is a directory"},
        {"link/x", NULL, "files[0].name: Not a directory"},
        {"link", NULL, "files[0].name: Too many levels of symbolic links"},
        {"dangling", NULL, "files[0].name: Too many levels of symbolic links"},
        {"fifo", NULL, "files[0].name: No such device or address"},
    };
    for (size_t i = 0; i < COUNT(PAIRS); i++) {
        char path[64], error[256];
        int dir_fd = fresh_folder(path);
        EXPECT(symlinkat("/tmp", dir_fd, "link") == 0 && symlinkat("/tmp/runner-check-none", dir_fd, "dangling") == 0);
        EXPECT(mkfifoat(dir_fd, "fifo", 0600) == 0);
        struct file files[] = {{PAIRS[i].first, "1", 1, false, false}, {PAIRS[i].second, "2", 1, false, false}};
        EXPECT_IN(write_files(dir_fd, files, PAIRS[i].second == NULL ? 1 : 2, error) < 0, "%s", PAIRS[i].first);
        EXPECT_IN(strcmp(error, PAIRS[i].error) == 0, "%s: %s", PAIRS[i].first, error);
        close(dir_fd);
    }
    EXPECT(access("/tmp/runner-check-none", F_OK) < 0);
}

/* Writing to /dev/full fails as on a full disk. */
static void full_disk(void) {
    char path[64], error[256];
    int dir_fd = open("/dev", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    struct file files[] = {{"full", "1", 1, false, false}};
    EXPECT(write_files(dir_fd, files, 1, error) < 0 && errno == ENOSPC);
    EXPECT_IN(strcmp(error, "files[0].content: No space left on device") == 0, "%s", error);
    close(dir_fd);
    close(fresh_folder(path));
}

/* Whether a process whose current folder is not writable enters the expected folder, given this $HOME and this passwd
 * file, and afterwards has a writable $HOME. */
static bool falls_back_to(const char *expected, const char *home, const char *passwd) {
    int status;
    char *found = NULL;
    EXPECT(chmod(expected, 0777) == 0);
    pid_t pid = fork();
    if (pid == 0) {
        setenv("HOME", home, 1);
        bool ready = (getuid() != 0 || setuid(65534) == 0) && chdir("/") == 0;
        bool right = ready && work_dir_enter(passwd, &found) >= 0 && strcmp(found, expected) == 0;
        _exit(right && strcmp(getenv("HOME"), expected) == 0 ? 0 : 1);
    }
    return waitpid(pid, &status, 0) == pid && status == 0;
}

/* Writes a passwd file in which the second user with our user ID has this home. */
static void write_passwd(const char *folder, const char *home, char path[96]) {
    unsigned uid = getuid() == 0 ? 65534 : getuid();
    (void)snprintf(path, 96, "%s/passwd", folder);
    FILE *out = fopen(path, "w");
    fprintf(out, "root:x:0:0::/tmp:/bin/sh\none:x:%u:1::/nowhere:/bin/sh\ntwo:x:%u:1::%s:/bin/sh\n", uid, uid, home);
    EXPECT(fclose(out) == 0 && chmod(path, 0644) == 0 && chmod(folder, 0755) == 0);
}

static void entered(const char *expected) {
    char *found = NULL;
    int fd = work_dir_enter("/nowhere", &found);
    EXPECT_IN(fd >= 0 && strcmp(found, expected) == 0, "%s", expected);
    if (fd >= 0)
        close(fd);
    free(found);
}

static void work_dir(void) {
    char wanted[64], home[64], folder[64], passwd[96], *found = NULL;
    close(fresh_folder(wanted));
    close(fresh_folder(home));
    close(fresh_folder(folder));
    write_passwd(folder, wanted, passwd);
    char *before = getcwd(NULL, 0);
    setenv("RUNONCE_WORK_DIR", wanted, 1);
    entered(wanted);
    setenv("RUNONCE_WORK_DIR", "/nowhere", 1);
    EXPECT(work_dir_enter(passwd, &found) < 0 && errno == ENOENT);
    setenv("RUNONCE_WORK_DIR", "", 1);
    EXPECT(chdir(home) == 0);
    entered(home);
    unsetenv("RUNONCE_WORK_DIR");
    entered(home);
    EXPECT(falls_back_to(home, home, "/nowhere"));
    EXPECT(falls_back_to(home, home, passwd));
    EXPECT(falls_back_to(wanted, "/nowhere", passwd));
    EXPECT(!falls_back_to(wanted, "/nowhere", "/nowhere"));
    EXPECT(chdir(before) == 0);
    free(before);
}

void files_tests(void) {
    test("file names that lead out of the work directory or do not name a file are refused", names);
    test("file names that are longer than the file system allows are refused", long_names);
    test("files and folders are created; if two files have the same name, the last one is kept", written);
    test("files that begin with #! are executable", scripts);
    test("a file that conflicts with a folder, a file, a link or a FIFO is refused", in_the_way);
    test("a full disk is reported", full_disk);
    test("the work directory is that of the variable, else the current folder, else $HOME, else a home of our user ID", work_dir);
}
