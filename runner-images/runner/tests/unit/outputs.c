#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"
#include "runner.h"

static struct output_files find(int dir_fd, const char *const patterns[], struct output_limits left) {
    struct glob globs[4];
    struct globs list = {globs, 0};
    struct output_files files = {0};
    for (; patterns[list.count] != NULL; list.count++)
        EXPECT(glob_parse(&globs[list.count], patterns[list.count], strlen(patterns[list.count])) == NULL);
    outputs_find(&list, dir_fd, &left, &files);
    return files;
}

/* Returns the JSON, which the caller frees. */
static char *written(struct output_files *files) {
    size_t size;
    struct writer writer = {.fd = memory_file()};
    output_files_write(&writer, files);
    EXPECT(write_flush(&writer) == 0);
    output_files_free(files);
    return written_to(writer.fd, &size);
}

static void expect_json(int dir_fd, const char *const patterns[], struct output_limits left, const char *expected) {
    struct output_files files = find(dir_fd, patterns, left);
    char *json = written(&files);
    EXPECT_IN(strcmp(json, expected) == 0, "%s: %s", patterns[0], json);
    free(json);
}

#define PATTERNS(...) (const char *const[]){__VA_ARGS__, NULL}
static const struct output_limits MANY = {32, 1 << 20};

static int example(void) {
    char path[64];
    int dir_fd = fresh_folder(path);
    EXPECT(mkdirat(dir_fd, "a", 0755) == 0 && mkdirat(dir_fd, "a/d", 0755) == 0 && mkdirat(dir_fd, "a/e", 0755) == 0);
    put_bytes(dir_fd, "a/d/x", "\xff\0", 2);
    put_bytes(dir_fd, "a.txt", "gr\xc3\xbc\xc3\x9f\"e\n", 9);
    put_bytes(dir_fd, "a0", "", 0);
    return dir_fd;
}

static void found(void) {
    int dir_fd = example();
    expect_json(dir_fd, PATTERNS("**", "a0"), MANY,
                ",\"files\":[{\"name\":\"a.txt\",\"content\":\"gr\xc3\xbc\xc3\x9f\\\"e\\n\",\"encoding\":\"utf8\",\"size\":9,\"truncated\":false},"
                "{\"name\":\"a/d/x\",\"content\":\"/wA=\",\"encoding\":\"base64\",\"size\":2,\"truncated\":false},"
                "{\"name\":\"a0\",\"content\":\"\",\"encoding\":\"utf8\",\"size\":0,\"truncated\":false}]");
    expect_json(dir_fd, PATTERNS("nothing", "*/nothing"), MANY, ",\"files\":[]");
    expect_json(dir_fd, PATTERNS("a/d"), MANY,
                ",\"files\":[{\"name\":\"a/d\",\"size\":0,\"truncated\":true,\"error\":\"not a regular file (directory)\"}]");
    close(dir_fd);
}

static void limits(void) {
    int dir_fd = example();
    put_bytes(dir_fd, "big", "123456789", 9);
    expect_json(dir_fd, PATTERNS("a*", "big"), (struct output_limits){2, 12},
                ",\"files\":[{\"name\":\"a.txt\",\"content\":\"gr\xc3\xbc\xc3\x9f\\\"e\\n\",\"encoding\":\"utf8\",\"size\":9,\"truncated\":false},"
                "{\"name\":\"a0\",\"content\":\"\",\"encoding\":\"utf8\",\"size\":0,\"truncated\":false},"
                "{\"name\":\"big\",\"size\":9,\"truncated\":true}]");
    int fd = openat(dir_fd, "sparse", O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
    EXPECT(ftruncate(fd, 1 << 30) == 0);
    close(fd);
    expect_json(dir_fd, PATTERNS("sparse"), MANY, ",\"files\":[{\"name\":\"sparse\",\"size\":1073741824,\"truncated\":true}]");
    close(dir_fd);
}

static void no_regular_files(void) {
    char path[64];
    int dir_fd = fresh_folder(path);
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int socket_fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    (void)snprintf(address.sun_path, sizeof address.sun_path, "%s/socket", path);
    EXPECT(bind(socket_fd, (struct sockaddr *)&address, sizeof address) == 0);
    EXPECT(symlinkat("/etc/passwd", dir_fd, "link") == 0 && symlinkat("/etc", dir_fd, "folder") == 0 && mkfifoat(dir_fd, "fifo", 0600) == 0);
    expect_json(dir_fd, PATTERNS("**", "folder/passwd"), MANY,
                ",\"files\":[{\"name\":\"fifo\",\"size\":0,\"truncated\":true,\"error\":\"not a regular file (FIFO)\"},"
                "{\"name\":\"folder\",\"size\":0,\"truncated\":true,\"error\":\"not a regular file (symbolic link)\"},"
                "{\"name\":\"link\",\"size\":0,\"truncated\":true,\"error\":\"not a regular file (symbolic link)\"},"
                "{\"name\":\"socket\",\"size\":0,\"truncated\":true,\"error\":\"not a regular file (socket)\"}]");
    close(socket_fd);
    close(dir_fd);
}

static void shrinks(void) {
    char path[64];
    int dir_fd = fresh_folder(path);
    put_bytes(dir_fd, "a", "12345678", 8);
    struct output_files files = find(dir_fd, PATTERNS("a"), MANY);
    put_bytes(dir_fd, "a", "123", 3);
    char *json = written(&files);
    EXPECT_IN(strstr(json, "\"size\":8,\"truncated\":true,\"error\":\"changed while it was read\"}]") != NULL, "%s", json);
    free(json);
    close(dir_fd);
}

/* A process replaces the file by a link and back all the time. */
static void swapped(void) {
    char path[64];
    int dir_fd = fresh_folder(path);
    put_bytes(dir_fd, "file", "mine", 4);
    EXPECT(mkdirat(dir_fd, "d", 0755) == 0);
    put_bytes(dir_fd, "d/passwd", "mine", 4);
    EXPECT(symlinkat("/etc/passwd", dir_fd, "link") == 0 && symlinkat("/etc", dir_fd, "etc") == 0);
    pid_t pid = fork();
    if (pid == 0)
        for (;;) {
            (void)renameat2(dir_fd, "file", dir_fd, "link", RENAME_EXCHANGE);
            (void)renameat2(dir_fd, "d", dir_fd, "etc", RENAME_EXCHANGE);
        }
    for (int i = 0; i < 2000; i++) {
        struct output_files files = find(dir_fd, PATTERNS("file", "d/passwd"), MANY);
        char *json = written(&files);
        EXPECT_IN(strstr(json, "root") == NULL, "%s", json);
        free(json);
    }
    EXPECT(kill(pid, SIGKILL) == 0 && waitpid(pid, NULL, 0) == pid);
    close(dir_fd);
}

static void bounded(void) {
    char path[64], name[16];
    int dir_fd = fresh_folder(path), fd = dup(dir_fd);
    for (int i = 0; i < 40; i++) {
        EXPECT(mkdirat(fd, "d", 0755) == 0);
        int next_fd = openat(fd, "d", O_RDONLY | O_CLOEXEC);
        close(fd);
        fd = next_fd;
    }
    struct output_files files = find(dir_fd, PATTERNS("**"), MANY);
    EXPECT(files.count == 1 && files.items[0].error != NULL && strcmp(files.items[0].error, "the folder is too deep") == 0);
    output_files_free(&files);
    for (int i = 0; i < 1100; i++) {
        (void)snprintf(name, sizeof name, "f%04d", i);
        put_bytes(dir_fd, name, "", 0);
    }
    files = find(dir_fd, PATTERNS("f*"), MANY);
    EXPECT(files.count == 1001 && strcmp(files.items[1000].name, ".") == 0 && files.items[1000].error != NULL);
    EXPECT(files.items[31].fd >= 0 && files.items[32].fd < 0);
    output_files_free(&files);
    close(fd);
    close(dir_fd);
}

/* The runner has a buffer of PATH_MAX bytes for a path. */
static void long_paths(void) {
    enum { LEVELS = 20, LISTED = 14 };
    char path[64], name[NAME_MAX + 1];
    int dir_fd = fresh_folder(path), fd = dup(dir_fd);
    memset(name, 'd', NAME_MAX);
    name[NAME_MAX] = '\0';
    for (int i = 0; i < LEVELS; i++) {
        EXPECT(mkdirat(fd, name, 0755) == 0);
        int next_fd = openat(fd, name, O_RDONLY | O_CLOEXEC);
        close(fd);
        fd = next_fd;
        put_bytes(fd, "file", "", 0);
    }
    struct output_files files = find(dir_fd, PATTERNS("**"), MANY);
    EXPECT(files.count == LISTED + 1);
    size_t refused = 0;
    for (size_t i = 0; i < files.count; i++)
        if (files.items[i].error != NULL) {
            refused++;
            EXPECT(strcmp(files.items[i].error, "the folder is too deep") == 0 && strlen(files.items[i].name) == (LISTED + 1) * (NAME_MAX + 1) - 1);
        }
    EXPECT(refused == 1);
    output_files_free(&files);
    close(fd);
    close(dir_fd);
}

static void pieces(void) {
    enum { SIZE = 200001 };
    char path[64];
    int dir_fd = fresh_folder(path);
    char *bytes = malloc(SIZE);
    for (size_t i = 0; i < SIZE; i++)
        bytes[i] = (char)(i * 2654435761U >> 13);
    put_bytes(dir_fd, "binary", bytes, SIZE);
    for (size_t i = 0; i < SIZE; i++)
        bytes[i] = "x\xe2\x82\xac"[i == 0 ? 0 : (i - 1) % 3 + 1];
    put_bytes(dir_fd, "text", bytes, SIZE - 2);
    struct output_files files = find(dir_fd, PATTERNS("*"), MANY);
    char *json = written(&files);
    yyjson_doc *doc = yyjson_read(json + strlen(",\"files\":"), strlen(json) - strlen(",\"files\":"), 0);
    yyjson_val *list = yyjson_doc_get_root(doc);
    yyjson_val *text = yyjson_obj_get(yyjson_arr_get(list, 1), "content");
    EXPECT(yyjson_get_len(text) == SIZE - 2 && memcmp(yyjson_get_str(text), bytes, SIZE - 2) == 0);
    char *binary = strdup(yyjson_get_str(yyjson_obj_get(yyjson_arr_get(list, 0), "content")));
    EXPECT(base64_decode(binary, strlen(binary)) == SIZE);
    bool same = true;
    for (size_t i = 0; i < SIZE; i++)
        same = same && binary[i] == (char)(i * 2654435761U >> 13);
    EXPECT(same);
    free(binary);
    yyjson_doc_free(doc);
    free(json);
    free(bytes);
    close(dir_fd);
}

void outputs_tests(void) {
    test("matching files are returned in name order, as text or base64", found);
    test("files over the limits are listed with their size", limits);
    test("links, FIFOs and sockets are listed with an error and not opened", no_regular_files);
    test("a file that shrinks while it is read is reported", shrinks);
    test("a file that is swapped for a link is never followed", swapped);
    test("depth and number of files are bounded", bounded);
    test("a folder whose path is too long is listed with an error", long_paths);
    test("large files come back byte for byte", pieces);
}
