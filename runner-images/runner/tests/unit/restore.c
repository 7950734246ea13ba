/* Tests changes that restoring a folder cannot undo. cases.c tests the changes that it can undo. */
#include <errno.h>
#include <linux/limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "check.h"
#include "runner.h"

/* Linux does not list more than 64 KiB of names, so the runner cannot remove them. A file system may allow fewer. */
static void too_many_attributes(void) {
    char path[] = "/dev/shm/runner-test-XXXXXX", name[250] = "", names[XATTR_LIST_MAX];
    struct strings places = {0};
    struct snapshot snapshot;
    EXPECT(mkdtemp(path) != NULL && strings_add(&places, path, strlen(path)) == 0 && snapshot_take(&snapshot, &places, -1) == 0);
    for (int i = 0; i < 400; i++) {
        (void)snprintf(name, sizeof name, "user.%0240d", i);
        (void)setxattr(path, name, "x", 1, 0);
    }
    bool is_listed = listxattr(path, names, sizeof names) >= 0;
    EXPECT(is_listed || errno == E2BIG);
    int result = snapshot_restore(&snapshot, clock_ns() + 60000000000);
    EXPECT(is_listed ? result == 0 : result < 0 && errno == E2BIG);
    EXPECT(!is_listed || listxattr(path, names, sizeof names) == 0);
    EXPECT(rmdir(path) == 0);
    snapshot_free(&snapshot);
    strings_free(&places);
}

void restore_tests(void) {
    test("attributes that cannot be listed are an error", too_many_attributes);
}
