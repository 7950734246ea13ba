#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "runner.h"

static bool matches(const char *pattern, const char *path) {
    struct glob glob;
    EXPECT_IN(glob_parse(&glob, pattern, strlen(pattern)) == NULL, "%s", pattern);
    char *copy = strdup(path), *rest = NULL;
    glob_states states = glob_start(&glob);
    for (char *part = strtok_r(copy, "/", &rest); part != NULL; part = strtok_r(NULL, "/", &rest))
        states = glob_step(&glob, states, part);
    free(copy);
    return glob_is_match(&glob, states);
}

static const struct {
    const char *pattern, *path;
    bool matches;
} PATTERNS[] = {
    {"a.png", "a.png", true},      {"a.png", "b.png", false},    {"./a//b", "a/b", true},       {"*.png", "a.png", true},
    {"*.png", ".png", true},       {"*.png", "a.png.x", false},  {"*.png", "d/a.png", false},   {"*", ".hidden", true},
    {"a*b*c", "axbbxc", true},     {"a*b*c", "axbbx", false},    {"*a*a*b", "aaaaaaab", true},  {"**/a", "a", true},
    {"**/a", "x/y/a", true},       {"**/a", "x/a/y", false},     {"out/**", "out/x", true},     {"out/**", "out/x/y", true},
    {"out/**", "out", false},      {"**", "x", true},            {"**", "x/y/z", true},         {"**/**/x", "x", true},
    {"a/**/b", "a/b", true},       {"a/**/b", "a/x/y/b", true},  {"a/**/b", "a/x", false},      {"a**b", "axxb", true},
    {"a**b", "a/b", false},        {"?", "x", true},             {"?", "xy", false},            {"?", "\xc3\xa4", true},
    {"?", "\xff", true},           {"??", "\xe2\x82\xac", false}, {"*??", "\xe2\x82\xac", false}, {"[ab]", "a", true},
    {"[ab]", "c", false},          {"[!ab]", "c", true},         {"[^ab]", "a", false},         {"[a-c]x", "bx", true},
    {"[a-c]x", "dx", false},       {"[]]", "]", true},           {"[!]]", "]", false},          {"[!]]", "x", true},
    {"[a-]", "-", true},           {"[", "[", true},             {"[a", "[a", true},            {"[\xc3\xa4-\xc3\xb6]", "\xc3\xa5", true},
    {"[*]", "*", true},            {"[*]", "x", false},          {"\\*", "\\x", true},          {"*/*", "a/b", true},
    {"a/*/c", "a/b/c", true},      {"**/*.o", "a/b/c.o", true},  {"**/b/*", "a/b/b/c", true},   {"a/b", "a", false},
};

static void patterns(void) {
    for (size_t i = 0; i < COUNT(PATTERNS); i++)
        EXPECT_IN(matches(PATTERNS[i].pattern, PATTERNS[i].path) == PATTERNS[i].matches, "%s with %s", PATTERNS[i].pattern,
                  PATTERNS[i].path);
}

static void refused(void) {
    static const char *const REFUSED[] = {"", "/a", "..", "../a", "a/..", "a/", "a/.", "**/../x"};
    struct glob glob;
    char text[300] = "";
    for (size_t i = 0; i < COUNT(REFUSED); i++)
        EXPECT_IN(glob_parse(&glob, REFUSED[i], strlen(REFUSED[i])) != NULL, "%s", REFUSED[i]);
    EXPECT(glob_parse(&glob, "a\0b", 3) != NULL);
    for (size_t i = 0; i < 64; i++)
        strcat(text, "a/");
    EXPECT(glob_parse(&glob, strcat(text, "a"), 129) != NULL);
    memset(text, 'a', 256);
    text[255] = '\0';
    EXPECT(glob_parse(&glob, text, 255) == NULL);
    text[255] = 'a';
    text[256] = '\0';
    EXPECT(glob_parse(&glob, text, 256) != NULL);
}

static void folders(void) {
    struct glob glob;
    EXPECT(glob_parse(&glob, "a/b/*", 5) == NULL && !glob.is_literal);
    glob_states states = glob_start(&glob);
    EXPECT(glob_may_continue(&glob, glob_step(&glob, states, "a")) && !glob_may_continue(&glob, glob_step(&glob, states, "b")));
    states = glob_step(&glob, glob_step(&glob, glob_step(&glob, states, "a"), "b"), "c");
    EXPECT(glob_is_match(&glob, states) && !glob_may_continue(&glob, states));
    EXPECT(glob_parse(&glob, "a/b", 3) == NULL && glob.is_literal);
}

static void many_stars(void) {
    char pattern[GLOB_MOST_BYTES + 1] = "", name[256] = "";
    for (size_t i = 0; i < 126; i++)
        strcat(pattern, "*a");
    memset(name, 'a', 255);
    int64_t start_ns = clock_ns();
    EXPECT(!matches(strcat(pattern, "*b"), name));
    EXPECT(clock_ns() - start_ns < 1000000000);
}

void glob_tests(void) {
    test("a pattern matches the paths that it describes and no others", patterns);
    test("a pattern that leads out of the work dir or is too long is refused", refused);
    test("only folders that can contain a match are entered", folders);
    test("a pattern of many stars does not take exponential time", many_stars);
}
