#include <string.h>

#include "check.h"
#include "runner.h"

#define BOM "\xef\xbb\xbf"

/* Runs source_strip() on one file, in an image with the given language.json. Unless main is true, it is the second file of the payload. */
static void strips(const char *json, bool main, const char *name, const char *content, const char *expected) {
    char bytes[64];
    (void)strcpy(bytes, content);
    yyjson_doc *doc = yyjson_read(json, strlen(json), 0);
    yyjson_val *root = yyjson_doc_get_root(doc);
    struct language language = {
        .main = yyjson_get_str(yyjson_obj_get(root, "main")), .build = yyjson_obj_get(root, "build"),
        .also = yyjson_obj_get(root, "also"), .run = yyjson_obj_get(root, "run"), .strip = yyjson_obj_get(root, "strip"),
    };
    struct file files[] = {{"first", "", 0, false, false}, {name, bytes, strlen(bytes), false, false}};
    struct payload payload = {.files = main ? &files[1] : files, .file_count = main ? 1 : 2};
    source_strip(&language, &payload);
    EXPECT_IN(is_text(files[1].content, files[1].content_size, expected), "%s: %s: %s", json, name, content);
    yyjson_doc_free(doc);
}

static const char C[] = "{\"main\":\"main.c\",\"build\":[[\"cc\",\"{files:.c,.h}\"]],\"also\":{\"d\":[[\"dc\",\"{files:.d}\"]]},\"run\":[\"a\"]}";
static const char SHELL[] = "{\"main\":\"main.sh\",\"run\":[\"sh\",\"{main}\"],\"strip\":[\"bom\",\"crlf\"]}";
static const char TEXT[] = "{\"main\":\"main.txt\",\"run\":[\"cat\",\"{main}\"],\"strip\":[]}";

static void byte_order_marks(void) {
    strips(C, true, "prog", BOM "x", "x");
    strips(C, true, "main.c", BOM BOM "x" BOM, BOM "x" BOM);
    strips(C, true, "main.c", BOM, "");
    strips(C, true, "main.c", "\xef\xbb", "\xef\xbb");
    strips(C, false, "a/b.c", BOM "x", "x");
    strips(C, false, "b.h", BOM "x", "x");
    strips(C, false, "b.d", BOM "x", "x");
    strips(C, false, "b.csv", BOM "x", BOM "x");
    strips(C, false, "c", BOM "x", BOM "x");
    strips(TEXT, true, "main.txt", BOM "x", BOM "x");
}

/* With a command of the client's, no file is the language's main file. */
static void command(void) {
    char data[] = BOM "a\r\n", shell[] = BOM "a\r\n";
    yyjson_doc *doc = yyjson_read(SHELL, strlen(SHELL), 0);
    yyjson_val *root = yyjson_doc_get_root(doc);
    struct language language = {.main = "main.sh", .run = yyjson_obj_get(root, "run"), .strip = yyjson_obj_get(root, "strip")};
    struct file files[] = {{"data.csv", data, strlen(data), false, false}, {"x.sh", shell, strlen(shell), false, false}};
    struct payload payload = {.files = files, .file_count = 2, .command = "wc -c data.csv"};
    source_strip(&language, &payload);
    EXPECT(is_text(files[0].content, files[0].content_size, BOM "a\r\n"));
    EXPECT(is_text(files[1].content, files[1].content_size, "a\n"));
    yyjson_doc_free(doc);
}

static void binary_file(void) {
    char bytes[] = BOM "a\r\n";
    struct language language = {.main = "main.sh"};
    struct file file = {"main.sh", bytes, strlen(bytes), true, false};
    struct payload payload = {.files = &file, .file_count = 1};
    source_strip(&language, &payload);
    EXPECT(file.content_size == strlen(BOM "a\r\n"));
}

static void carriage_returns(void) {
    strips(C, true, "main.c", "a\r\nb", "a\r\nb");
    strips(SHELL, true, "prog", BOM "a\r\n\r\nb\r\n", "a\n\nb\n");
    strips(SHELL, false, "b.sh", "a\rb\r\r\nc\r", "a\rb\r\nc\r");
    strips(SHELL, false, "data", "a\r\n", "a\r\n");
}

void source_tests(void) {
    test("a byte order mark is removed from source files but not from data files", byte_order_marks);
    test("with a command, the first file is a source file only if it has a suffix of the language", command);
    test("CR LF becomes LF only in the source files of a shell", carriage_returns);
    test("a file that was sent as base64 keeps every byte", binary_file);
}
