#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "check.h"
#include "runner.h"

static bool load(struct language *language, const char *json, char error[256]) {
    char path[64], file[80];
    close(fresh_folder(path));
    (void)snprintf(file, sizeof file, "%s/l.json", path);
    put_text(file, json);
    return language_load(language, file, error, 256) == 0;
}

static const struct {
    const char *json, *field; /* NULL: accepted */
} FILES[] = {
    {"{\"name\":\"c\",\"run\":[\"a\"]}", NULL},
    {"{\"name\":\"c\",\"aliases\":[],\"build\":[],\"run\":[\"a\"],\"env\":{},\"warm\":[\"w\"],\"other\":1}", NULL},
    {"[]", ": name "},
    {"{\"run\":[\"a\"]}", ": name "},
    {"{\"name\":\"c\"}", ": run "},
    {"{\"name\":\"c\",\"run\":[]}", ": run "},
    {"{\"name\":\"c\",\"run\":\"a\"}", ": run "},
    {"{\"name\":\"c\",\"run\":[1]}", ": run "},
    {"{\"name\":\"c\",\"run\":[\"a\"],\"aliases\":\"x\"}", ": aliases "},
    {"{\"name\":\"c\",\"run\":[\"a\"],\"also\":[\"x\"]}", ": also "},
    {"{\"name\":\"c\",\"run\":[\"a\"],\"also\":{\"x\":[\"cc\"]}}", ": also "},
    {"{\"name\":\"c\",\"run\":[\"a\"],\"build\":[\"x\"]}", ": build "},
    {"{\"name\":\"c\",\"run\":[\"a\"],\"build\":[[]]}", ": build "},
    {"{\"name\":\"c\",\"run\":[\"a\"],\"env\":{\"A\":1}}", ": env "},
    {"{\"name\":\"c\",\"run\":[\"a\"],\"strip\":\"bom\"}", ": strip "},
    {"{\"name\":\"c\",\"run\":[\"a\"],\"warm\":[]}", ": warm "},
    {"{\"name\":", ""},
};

static void loaded(void) {
    for (size_t i = 0; i < COUNT(FILES); i++) {
        struct language language;
        char error[256] = "";
        bool good = load(&language, FILES[i].json, error);
        EXPECT_IN(good == (FILES[i].field == NULL), "%s: %s", FILES[i].json, error);
        EXPECT_IN(good || strstr(error, FILES[i].field) != NULL, "%s: %s", FILES[i].json, error);
        language_free(&language);
    }
}

static void missing(void) {
    struct language language;
    char error[256] = "";
    EXPECT(language_load(&language, "/nowhere/l.json", error, sizeof error) < 0);
    EXPECT(strstr(error, "/nowhere/l.json") != NULL && language.run == NULL && !language_matches(&language, "x"));
}

static void names(void) {
    struct language language;
    char error[256] = "";
    EXPECT(load(&language, "{\"name\":\"python\",\"aliases\":[\"py\",\"py3\"],\"run\":[\"a\"]}", error));
    EXPECT(language_matches(&language, "python") && language_matches(&language, "py3"));
    EXPECT(!language_matches(&language, "Python") && !language_matches(&language, "p") && !language_matches(&language, ""));
    language_free(&language);
    EXPECT(load(&language, "{\"name\":\"cpp\",\"also\":{\"c\":[[\"cc\"]]},\"run\":[\"a\"]}", error));
    EXPECT(language_matches(&language, "cpp") && language_matches(&language, "c") && !language_matches(&language, "d"));
    language_free(&language);
}

/* Expands one argument, with a main file of this name. expected has the arguments joined by |. */
static void expands(const char *main_name, const char *argument, const char *expected) {
    char json[256], joined[256] = "";
    struct file files[] = {
        {main_name, "", 0, false, false},   {"b.c", "", 0, false, false},    {"b.h", "", 0, false, false}, {"d/e.cc", "", 0, false, false},
        {"./b.c", "", 0, false, true},      {"-o.c", "", 0, false, false},   {"c", "", 0, false, false},
    };
    struct payload payload = {.files = files, .file_count = COUNT(files)};
    struct strings argv = {0};
    (void)snprintf(json, sizeof json, "[\"%s\"]", argument);
    yyjson_doc *doc = yyjson_read(json, strlen(json), 0);
    EXPECT(language_expand(yyjson_doc_get_root(doc), &payload, "/work dir", &argv) == 0);
    for (size_t i = 0; i < argv.count; i++)
        strcat(strcat(joined, i == 0 ? "" : "|"), argv.items[i]);
    EXPECT_IN(strcmp(joined, expected) == 0, "%s with %s: %s", argument, main_name, joined);
    strings_free(&argv);
    yyjson_doc_free(doc);
}

static void placeholders(void) {
    expands("main.py", "{main}", "main.py");
    expands("-x.py", "{main}", "./-x.py");
    expands("d/-x.py", "{main}", "d/-x.py");
    expands("main.tar.gz", "{stem}", "main.tar");
    expands("-x.py", "{stem}", "./-x");
    expands(".bashrc", "{stem}", ".bashrc");
    expands("d.d/main", "{stem}", "d.d/main");
    expands("d.d/.main.x", "{stem}", "d.d/.main");
    expands("main.c", "-o{stem}.{stem}", "-omain.main");
    expands("main.c", "{work}/{stem}", "/work dir/main");
    expands("main.c", "{unknown} {main", "{unknown} {main");
    expands("{main}", "{main}", "{main}");
    expands("main.c", "{files:.c}", "main.c|b.c|./-o.c");
    expands("main.txt", "{files:.c,.h}", "main.txt|b.c|b.h|./-o.c");
    expands("main.c", "{files:.cc}", "main.c|d/e.cc");
    expands("main.c", "{files:}", "main.c");
    expands("main.c", "x{files:.c}", "x{files:.c}");
    expands("main.c", "{files:.c}x", "{files:.c}x");
}

void language_tests(void) {
    test("language.json is loaded, or refused with the name of the field", loaded);
    test("a missing language.json is reported", missing);
    test("a language is found by its name, by its aliases and by the names of the other languages of its image", names);
    test("placeholders are expanded", placeholders);
}
