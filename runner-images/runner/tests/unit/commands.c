#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "check.h"
#include "runner.h"

static yyjson_doc *read_json(const char *text) {
    return yyjson_read(text, strlen(text), 0);
}

static const char *variable(const struct strings *list, const char *name) {
    const char *found = NULL;
    for (size_t i = 0; i < list->count; i++) {
        if (strncmp(list->items[i], name, strlen(name)) != 0 || list->items[i][strlen(name)] != '=')
            continue;
        EXPECT_IN(found == NULL, "%s twice", name);
        found = list->items[i] + strlen(name) + 1;
    }
    return found == NULL ? "(none)" : found;
}

static void environments(void) {
    yyjson_doc *own = read_json("{\"A\":\"language\",\"B\":\"language\"}");
    yyjson_doc *program = read_json("{\"B\":\"payload\",\"C\":\"\",\"RUNONCE_X\":\"mine\"}");
    struct language language = {.env = yyjson_doc_get_root(own)};
    struct strings list = {0};
    setenv("A", "container", 1);
    setenv("AB", "container", 1);
    setenv("RUNONCE_TIME_LIMIT_MS", "1", 1);
    EXPECT(command_environment(&language, yyjson_doc_get_root(program), &list) == 0);
    unsetenv("RUNONCE_TIME_LIMIT_MS");
    EXPECT(strcmp(variable(&list, "A"), "language") == 0 && strcmp(variable(&list, "B"), "payload") == 0);
    EXPECT(strcmp(variable(&list, "AB"), "container") == 0 && strcmp(variable(&list, "C"), "") == 0);
    EXPECT(strcmp(variable(&list, "RUNONCE_TIME_LIMIT_MS"), "(none)") == 0 && strcmp(variable(&list, "RUNONCE_X"), "mine") == 0);
    EXPECT(list.items[list.count] == NULL);
    strings_free(&list);
    yyjson_doc_free(own);
    yyjson_doc_free(program);
}

static bool is_list(const struct strings *list, const char *expected) {
    char joined[512] = "";
    for (size_t i = 0; i < list->count; i++)
        strcat(strcat(joined, i == 0 ? "" : "|"), list->items[i]);
    EXPECT_IN(strcmp(joined, expected) == 0, "%s", joined);
    return list->items[list->count] == NULL;
}

static void run_commands(void) {
    yyjson_doc *run = read_json("[\"interpreter\",\"{main}\"]");
    yyjson_doc *args = read_json("[\"-a\",\"\",\"b c\"]");
    struct language language = {.run = yyjson_doc_get_root(run)};
    struct file file = {"m.x", "", 0, false, false};
    struct payload payload = {.files = &file, .file_count = 1, .args = yyjson_doc_get_root(args)};
    struct strings argv = {0};
    EXPECT(command_run(&language, &payload, "/w", &argv) == 0 && is_list(&argv, "interpreter|m.x|-a||b c"));
    strings_free(&argv);
    payload.run_command = "v2 $1";
    EXPECT(command_run(&language, &payload, "/w", &argv) == 0 && is_list(&argv, "/bin/sh|-c|v2 $1|sh|-a||b c"));
    strings_free(&argv);
    payload.command = "v1";
    EXPECT(command_run(&language, &payload, "/w", &argv) == 0 && is_list(&argv, "/bin/sh|-c|v1|sh|-a||b c"));
    strings_free(&argv);
    yyjson_doc_free(run);
    yyjson_doc_free(args);
}

static void build_commands(void) {
    yyjson_doc *own = read_json("[[\"cc\",\"{main}\"]]");
    yyjson_doc *theirs = read_json("[\"make it\"]");
    struct language language = {.build = yyjson_doc_get_root(own)};
    struct file file = {"m.x", "", 0, false, false};
    struct payload payload = {.files = &file, .file_count = 1};
    struct strings argv = {0};
    EXPECT(command_builds(&language, &payload) == language.build);
    EXPECT(command_build(yyjson_arr_get_first(language.build), &payload, "/w", &argv) == 0 && is_list(&argv, "cc|m.x"));
    strings_free(&argv);
    payload.run_command = "run";
    EXPECT(command_builds(&language, &payload) == NULL);
    payload.build_commands = yyjson_doc_get_root(theirs);
    EXPECT(command_builds(&language, &payload) == payload.build_commands);
    EXPECT(command_build(yyjson_arr_get_first(payload.build_commands), &payload, "/w", &argv) == 0 && is_list(&argv, "/bin/sh|-c|make it|sh"));
    strings_free(&argv);
    payload.command = "v1";
    EXPECT(command_builds(&language, &payload) == NULL);
    yyjson_doc_free(own);
    yyjson_doc_free(theirs);
}

/* An image that also runs a second language. */
static void builds_of_another(void) {
    yyjson_doc *own = read_json("[[\"c++\"]]");
    yyjson_doc *also = read_json("{\"c\":[[\"cc\"]]}");
    struct language language = {.build = yyjson_doc_get_root(own), .also = yyjson_doc_get_root(also)};
    static const char *const NAMES[] = {NULL, "cpp", "d"};
    struct payload payload = {0};
    for (size_t i = 0; i < COUNT(NAMES); i++) {
        payload.language = NAMES[i];
        EXPECT(command_builds(&language, &payload) == language.build);
    }
    payload.language = "c";
    EXPECT(command_builds(&language, &payload) == yyjson_obj_get(language.also, "c"));
    payload.run_command = "run";
    EXPECT(command_builds(&language, &payload) == NULL);
    yyjson_doc_free(own);
    yyjson_doc_free(also);
}

void commands_tests(void) {
    test("a program gets the environment of the container, the language and the payload, without the runner's settings", environments);
    test("the run command is that of the language, V2 or V1, followed by the arguments", run_commands);
    test("the build commands are those of the language or V2; V1 has none", build_commands);
    test("a payload that names the image's second language gets the build commands of that language", builds_of_another);
}
