/* Events while the service reads them immediately. */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "events_scene.h"

static void expect_read(struct events_scene *scene, const char *text) {
    const char *bytes = scene_read(scene);
    EXPECT_IN(strcmp(bytes, text) == 0, "got %s instead of %s", bytes, text);
}

static void expect_end(struct events_scene *scene, const char *before) {
    EXPECT(events_end(scene->events) == 0);
    const char *bytes = scene_read(scene);
    char start[512];
    (void)snprintf(start, sizeof start, "%s{\"type\":\"result\",\"result\":{\"stdout\":", before);
    EXPECT_IN(strncmp(bytes, start, strlen(start)) == 0, "got %s instead of %s", bytes, start);
    const char *end = scene->result.streamed ? "\",\"streamed\":true}}\n" : "\",\"streamed\":false}}\n";
    EXPECT_IN(strcmp(bytes + strlen(bytes) - strlen(end), end) == 0, "%s", bytes);
}

static void at_once(void) {
    struct events_scene scene;
    scene_open(&scene, true);
    scene_print(&scene, STREAM_OUT, "early\n");
    expect_read(&scene, "");
    events_start(scene.events);
    scene_print(&scene, STREAM_ERR, "\"err\"");
    expect_read(&scene, "{\"type\":\"stdout\",\"text\":\"early\\n\"}\n{\"type\":\"stderr\",\"text\":\"\\\"err\\\"\"}\n");
    scene_print(&scene, STREAM_OUT, "late");
    expect_read(&scene, "{\"type\":\"stdout\",\"text\":\"late\"}\n");
    expect_end(&scene, "");
    scene_close(&scene);
}

static void build(void) {
    struct events_scene scene;
    scene_open(&scene, true);
    scene.result.phase = PHASE_BUILD;
    scene_print(&scene, STREAM_ERR, "warning");
    scene.result.steps[PHASE_BUILD].has_status = true;
    scene.result.phase = PHASE_RUN;
    events_build(scene.events);
    expect_read(&scene, "{\"type\":\"build\",\"build\":{\"stdout\":\"\",\"stderr\":\"warning\",\"exitCode\":0,\"duration\":0}}\n");
    events_start(scene.events);
    scene_print(&scene, STREAM_OUT, "x");
    expect_end(&scene, "{\"type\":\"stdout\",\"text\":\"x\"}\n");
    scene_close(&scene);
}

static void forgotten(void) {
    struct events_scene scene;
    scene_open(&scene, true);
    scene_print(&scene, STREAM_OUT, "of an interpreter that cannot run the program");
    capture_free(&scene.result.steps[PHASE_RUN].output[STREAM_OUT]);
    events_forget(scene.events);
    events_start(scene.events);
    scene_print(&scene, STREAM_OUT, "x");
    expect_read(&scene, "{\"type\":\"stdout\",\"text\":\"x\"}\n");
    scene_close(&scene);
}

static void characters(void) {
    static const struct {
        const char *first, *second, *events, *at_end;
        bool truncated;
    } WRITES[] = {
        {"a\xe2\x82", "\xac", "{\"type\":\"stdout\",\"text\":\"a\"}\n{\"type\":\"stdout\",\"text\":\"\xe2\x82\xac\"}\n", "", false},
        {"\xf0\x9f", "\x98\x80!", "{\"type\":\"stdout\",\"text\":\"\xf0\x9f\x98\x80!\"}\n", "", false},
        {"\xc3", "a", "{\"type\":\"stdout\",\"base64\":\"w2E=\"}\n", "", false},
        {"a\xff\xc3", "\xa4", "{\"type\":\"stdout\",\"base64\":\"Yf8=\"}\n{\"type\":\"stdout\",\"text\":\"\xc3\xa4\"}\n", "", false},
        {"a", "\xe2\x82", "{\"type\":\"stdout\",\"text\":\"a\"}\n", "{\"type\":\"stdout\",\"base64\":\"4oI=\"}\n", false},
        {"a", "\xe2\x82", "{\"type\":\"stdout\",\"text\":\"a\"}\n", "", true},
    };
    for (size_t i = 0; i < COUNT(WRITES); i++) {
        struct events_scene scene;
        scene_open(&scene, true);
        events_start(scene.events);
        scene_print(&scene, STREAM_OUT, WRITES[i].first);
        scene_print(&scene, STREAM_OUT, WRITES[i].second);
        expect_read(&scene, WRITES[i].events);
        scene.result.steps[PHASE_RUN].output[STREAM_OUT].truncated = WRITES[i].truncated;
        expect_end(&scene, WRITES[i].at_end);
        scene_close(&scene);
    }
}

static void only_at_the_end(void) {
    struct events_scene scene;
    scene_open(&scene, false);
    events_start(scene.events);
    scene_print(&scene, STREAM_OUT, "a");
    scene_print(&scene, STREAM_ERR, "b");
    scene_print(&scene, STREAM_OUT, "c");
    expect_read(&scene, "");
    expect_end(&scene, "{\"type\":\"stdout\",\"text\":\"a\"}\n{\"type\":\"stderr\",\"text\":\"b\"}\n{\"type\":\"stdout\",\"text\":\"c\"}\n");
    scene_close(&scene);
}

/* The results of two cases, while the service does not read. */
static void cases(void) {
    struct events_scene scene;
    struct result results[3] = {{.peak_bytes = -1}, {.peak_bytes = -1}, {.peak_bytes = -1}};
    char text[] = "one", more[] = "two\xc3";
    results[0].steps[PHASE_RUN].output[STREAM_OUT] = (struct capture){.data = text, .size = 3, .read_bytes = 3};
    results[1].steps[PHASE_RUN].output[STREAM_ERR] = (struct capture){.data = more, .size = 4, .read_bytes = 4};
    scene_open(&scene, true);
    scene.result.cases = results;
    scene.events->blocked = true;
    events_start(scene.events);
    events_add(scene.events, STREAM_OUT, 3);
    scene.result.case_count = 1;
    events_case(scene.events);
    events_add(scene.events, STREAM_ERR, 4);
    scene.result.case_count = 2;
    events_case(scene.events);
    scene.events->blocked = false;
    events_write(scene.events);
    const char *bytes = scene_read(&scene);
    const char *first = strstr(bytes, "{\"type\":\"stdout\",\"text\":\"one\",\"case\":0}\n{\"type\":\"case\",\"index\":0,\"result\":{\"stdout\":\"one\"");
    const char *second = strstr(bytes, "\n{\"type\":\"stderr\",\"text\":\"two\",\"case\":1}\n{\"type\":\"stderr\",\"base64\":\"ww==\",\"case\":1}\n"
                                       "{\"type\":\"case\",\"index\":1,");
    EXPECT_IN(first == bytes && second != NULL, "%s", bytes);
    EXPECT(events_end(scene.events) == 0 && strncmp(scene_read(&scene), "{\"type\":\"result\",", 17) == 0);
    scene_close(&scene);
}

static void reader_is_gone(void) {
    struct events_scene scene;
    EXPECT(signal(SIGPIPE, SIG_IGN) != SIG_ERR); /* as in watch_open() */
    scene_open(&scene, true);
    close(scene.fds[0]);
    scene.fds[0] = -1;
    events_start(scene.events);
    scene_print(&scene, STREAM_OUT, "a");
    EXPECT(scene.events->failed);
    scene_print(&scene, STREAM_OUT, "b");
    EXPECT(events_end(scene.events) < 0);
    scene_close(&scene);
}

void events_tests(void) {
    test("an event is written as soon as it is certain that the program wrote the output", at_once);
    test("the output of a build is in its event", build);
    test("the output of an interpreter that cannot run the program is in no event", forgotten);
    test("no event splits a character, and bytes that are not UTF-8 are base64", characters);
    test("events that cannot be written while the program runs keep their order", only_at_the_end);
    test("the output of each case comes before its result, also if the service does not read for a while", cases);
    test("a reader that has disconnected does not disturb the run", reader_is_gone);
    events_late_tests();
}
