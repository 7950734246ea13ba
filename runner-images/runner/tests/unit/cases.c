/* Tests the comparison of outputs, and how the runner undoes a program's changes to folders. tests/container/cases.js contains
 * the attacks. */
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "check.h"
#include "runner.h"

static const struct {
    const char *output, *expected;
    bool matches;
} OUTPUTS[] = {
    {"", "", true},          {"a\n", "a", true},           {"a  \r\nb\t\n\n\n", "a\nb", true}, {"a", "b", false},  {"a\nb", "a", false},
    {"a", "a\nb", false},    {" a", "a", false},           {"a\n\nb", "a\nb", false},         {"\n \n", "", true}, {"", "\n", true},
    {"a b", "a  b", false},  {"\xff\n", "\xff", true},
};

static void outputs(void) {
    for (size_t i = 0; i < COUNT(OUTPUTS); i++) {
        struct span output = {OUTPUTS[i].output, strlen(OUTPUTS[i].output)}, expected = {OUTPUTS[i].expected, strlen(OUTPUTS[i].expected)};
        EXPECT_IN(output_matches(output, expected) == OUTPUTS[i].matches, "%s with %s", OUTPUTS[i].output, OUTPUTS[i].expected);
    }
    EXPECT(output_matches((struct span){NULL, 0}, (struct span){NULL, 0}));
    EXPECT(!output_matches((struct span){"a\0", 2}, (struct span){"a", 1}));
}

/* Runs a shell command in a folder. */
static void in_folder(const char *path, const char *command) {
    int status = -1;
    pid_t pid = fork();
    if (pid == 0) {
        if (chdir(path) == 0)
            execl("/bin/sh", "sh", "-c", command, (char *)NULL);
        _exit(1);
    }
    EXPECT(waitpid(pid, &status, 0) == pid);
    EXPECT_IN(status == 0, "%s: %x", command, (unsigned)status);
}

/* Returns everything that a program can see of a folder, as text that the caller frees. */
static char *listing(const char *path) {
    char command[256], *text = NULL;
    size_t capacity = 0;
    (void)snprintf(command, sizeof command, "cd %s && find . -printf '%%p %%m %%y %%s %%T@ %%l\\n' | sort; find . -type f -exec cksum {} + | sort", path);
    FILE *out = popen(command, "re");
    EXPECT(getdelim(&text, &capacity, '\0', out) > 0 && pclose(out) == 0);
    return text;
}

static const char *const CHANGES[] = {
    "chmod -R u+rwx d; rm -rf ./* .hidden",
    "echo longer > file; echo new > d/new; mkdir -p x/y/z; ln -s / x/root; mkfifo x/fifo",
    "chmod -R u+rwx d; rm script; mkdir script; echo > script/f; rm -r d; echo > d",
    "touch -d 2001-01-01 file d .; chmod 777 file d; mv script moved; ln file d/hard",
    "mkdir -p a/b/c; echo > a/b/c/f; chmod 000 a/b/c a/b a d file .",
    "i=0; while [ $i -lt 300 ]; do mkdir n && cd n; i=$((i+1)); done; echo > f; chmod 000 ../n",
};

static void restored(void) {
    char path[64];
    int fd = fresh_folder(path);
    in_folder(path, "echo text > file; printf '#!x' > script; chmod 750 script; mkdir -p d/e empty; echo data > d/e/data; : > .hidden;"
                    "ln -s d/e/data link; mkfifo pipe; chmod 000 d/e/data; chmod 500 d/e; chmod 0200 .hidden; touch -d 2020-02-02 d file script");
    struct strings places = {0};
    struct snapshot snapshot;
    char *before = listing(path);
    EXPECT(strings_add(&places, path, strlen(path)) == 0);
    EXPECT(snapshot_take(&snapshot, &places, -1) == 0);
    for (size_t i = 0; i < COUNT(CHANGES); i++) {
        in_folder(path, CHANGES[i]);
        EXPECT_IN(snapshot_restore(&snapshot, clock_ns() + 60000000000) == 0, "%s: %s", CHANGES[i], strerror(errno));
        char *after = listing(path);
        EXPECT_IN(strcmp(before, after) == 0, "%s:\n%s\nis not\n%s", CHANGES[i], after, before);
        free(after);
    }
    snapshot_free(&snapshot);
    strings_free(&places);
    free(before);
    close(fd);
}

/* On a tmpfs, a write to a mapped file does not change the file's times. */
static void mapped(void) {
    char path[64], byte;
    int dir_fd = fresh_folder(path);
    struct strings places = {0};
    struct snapshot snapshot;
    in_folder(path, "echo text > file");
    EXPECT(strings_add(&places, path, strlen(path)) == 0 && snapshot_take(&snapshot, &places, -1) == 0);
    int fd = openat(dir_fd, "file", O_RDWR | O_CLOEXEC);
    volatile char *bytes = mmap(NULL, 5, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    EXPECT(bytes != MAP_FAILED && bytes[0] == 't');
    bytes[0] = 'T';
    EXPECT(snapshot_restore(&snapshot, clock_ns() + 60000000000) == 0);
    bytes[1] = 'E'; /* must not change the restored file, which is a new one */
    close(fd);
    fd = openat(dir_fd, "file", O_RDONLY | O_CLOEXEC);
    EXPECT(pread(fd, &byte, 1, 0) == 1 && byte == 't' && pread(fd, &byte, 1, 1) == 1 && byte == 'e');
    close(fd);
    snapshot_free(&snapshot);
    strings_free(&places);
    close(dir_fd);
}

/* Attributes of the folder itself: a default access control list would also apply to the files that the runner creates. */
static void attributes(void) {
    static const char ACL[] = "\2\0\0\0" "\1\0\7\0\xff\xff\xff\xff" "\2\0\7\0\x39\x30\0\0" "\4\0\5\0\xff\xff\xff\xff" "\x10\0\7\0\xff\xff\xff\xff" "\x20\0\5\0\xff\xff\xff\xff";
    char path[64], names[256];
    int dir_fd = fresh_folder(path), no_dump = FS_NODUMP_FL, flags = 0, flags_before = 0;
    struct strings places = {0};
    struct snapshot snapshot;
    in_folder(path, "echo text > file");
    char *before = listing(path);
    (void)ioctl(dir_fd, FS_IOC_GETFLAGS, &flags_before);
    EXPECT(strings_add(&places, path, strlen(path)) == 0 && snapshot_take(&snapshot, &places, -1) == 0);
    EXPECT(setxattr(path, "user.planted", "x", 1, 0) == 0);
    EXPECT(setxattr(path, "system.posix_acl_access", ACL, sizeof ACL - 1, 0) == 0 && setxattr(path, "system.posix_acl_default", ACL, sizeof ACL - 1, 0) == 0);
    (void)ioctl(dir_fd, FS_IOC_SETFLAGS, &no_dump); /* not every file system has flags */
    EXPECT(snapshot_restore(&snapshot, clock_ns() + 60000000000) == 0);
    char *after = listing(path);
    EXPECT_IN(strcmp(before, after) == 0, "%s is not %s", after, before);
    EXPECT(listxattr(path, names, sizeof names) == 0);
    (void)ioctl(dir_fd, FS_IOC_GETFLAGS, &flags);
    EXPECT(flags == flags_before);
    snapshot_free(&snapshot);
    strings_free(&places);
    free(before);
    free(after);
    close(dir_fd);
}

static void too_large(void) {
    char path[64];
    int fd = fresh_folder(path);
    struct strings places = {0};
    struct snapshot snapshot;
    in_folder(path, "head -c 5000 /dev/zero > file");
    EXPECT(strings_add(&places, path, strlen(path)) == 0);
    EXPECT(snapshot_take(&snapshot, &places, 4 * 4999) < 0 && errno == EFBIG);
    snapshot_free(&snapshot);
    EXPECT(snapshot_take(&snapshot, &places, 4 * 5000) == 0);
    snapshot_free(&snapshot);
    strings_free(&places);
    close(fd);
}

static void late(void) {
    char path[64];
    int fd = fresh_folder(path);
    in_folder(path, "i=0; while [ $i -lt 600 ]; do : > f$i; i=$((i+1)); done");
    EXPECT(folder_empty(fd, clock_ns() - 1) < 0 && errno == ETIMEDOUT);
    EXPECT(folder_empty(fd, clock_ns() + 60000000000) == 0);
    in_folder(path, "[ -z \"$(ls -A)\" ]");
    close(fd);
}

static void found(void) {
    char outer[64], mounts[128], inner[128];
    close(fresh_folder(outer));
    (void)snprintf(inner, sizeof inner, "%s/inner", outer);
    (void)snprintf(mounts, sizeof mounts, "%s/mounts", outer);
    EXPECT(mkdir(inner, 0755) == 0);
    FILE *out = fopen(mounts, "w");
    fprintf(out, "1 2 0:3 / %s rw - tmpfs tmpfs rw\n4 5 0:6 / /proc rw - proc proc rw\n7 8 0:9 / /nowhere rw - tmpfs tmpfs rw\nwrong\n", inner);
    EXPECT(fclose(out) == 0);
    struct strings places;
    EXPECT(places_find(&places, outer, mounts) == 0);
    bool has_outer_or_parent = false, has_nested = false;
    for (size_t i = 0; i < places.count; i++) {
        size_t size = strlen(places.items[i]);
        has_outer_or_parent = has_outer_or_parent || strncmp(outer, places.items[i], size) == 0;
        has_nested = has_nested || strcmp(places.items[i], inner) == 0 || strcmp(places.items[i], "/proc") == 0 || strcmp(places.items[i], "/nowhere") == 0;
    }
    EXPECT(has_outer_or_parent && !has_nested);
    strings_free(&places);
}

void cases_tests(void) {
    test("output is compared without the white space at the ends of lines and at the end", outputs);
    test("a folder is restored after any change", restored);
    test("a write to a mapped file is undone", mapped);
    test("attributes of a folder are removed", attributes);
    test("files that take more than a quarter of the memory are not saved", too_large);
    test("emptying a folder ends at its time limit", late);
    test("each writable folder is found exactly once", found);
}
