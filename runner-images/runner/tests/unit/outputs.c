#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "outputs_scene.h"

static void expect_json(int dir_fd, const char *const patterns[], struct output_limits left, const char *expected) {
    struct output_files files = outputs_of(dir_fd, patterns, left);
    char *json = outputs_json(&files);
    EXPECT_IN(strcmp(json, expected) == 0, "%s: %s", patterns[0], json);
    free(json);
}

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
    struct output_files files = outputs_of(dir_fd, PATTERNS("a"), MANY);
    put_bytes(dir_fd, "a", "123", 3);
    char *json = outputs_json(&files);
    EXPECT_IN(strstr(json, "\"size\":8,\"truncated\":true,\"error\":\"changed while it was read\"}]") != NULL, "%s", json);
    free(json);
    close(dir_fd);
}

/* A process continuously exchanges files and links. */
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
        struct output_files files = outputs_of(dir_fd, PATTERNS("file", "d/passwd"), MANY);
        char *json = outputs_json(&files);
        EXPECT_IN(strstr(json, "root") == NULL, "%s", json);
        free(json);
    }
    EXPECT(kill(pid, SIGKILL) == 0 && waitpid(pid, NULL, 0) == pid);
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
    struct output_files files = outputs_of(dir_fd, PATTERNS("*"), MANY);
    char *json = outputs_json(&files);
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
    test("a link that replaces a file or a folder is never followed", swapped);
    test("large files are returned byte for byte", pieces);
}
