/* The event writer, with a pipe as the service. */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "check.h"
#include "runner.h"

/* A run whose output the test writes. */
struct scene {
    int fds[2];
    struct result result;
    struct events *events;
};

static void open_scene(struct scene *scene, bool live) {
    *scene = (struct scene){.result = {.peak_bytes = -1, .has_streamed = true, .streamed = live}};
    EXPECT(pipe2(scene->fds, O_CLOEXEC) == 0 && fcntl(scene->fds[0], F_SETFL, O_NONBLOCK) == 0);
    scene->events = events_new(scene->fds[1], live, &scene->result);
    EXPECT(scene->events != NULL);
}

static void close_scene(struct scene *scene) {
    close(scene->fds[0]);
    close(scene->fds[1]);
    for (int stream = 0; stream < STREAMS; stream++) {
        capture_free(&scene->result.steps[PHASE_RUN].output[stream]);
        capture_free(&scene->result.steps[PHASE_BUILD].output[stream]);
    }
    free(scene->events->writer.memory);
    free(scene->events);
}

static void output(struct scene *scene, int stream, const char *bytes, size_t size) {
    struct capture *capture = &scene->result.steps[scene->result.phase].output[stream];
    EXPECT(buffer_reserve(&capture->data, &capture->capacity, capture->size + size + 1, 64) == 0);
    memcpy(capture->data + capture->size, bytes, size);
    capture->size += size;
    capture->read_bytes += size;
    events_add(scene->events, stream, size);
    events_write(scene->events);
}

static void print(struct scene *scene, int stream, const char *text) {
    output(scene, stream, text, strlen(text));
}

/* What the service reads now, terminated by NUL, up to 64 KiB. */
static const char *read_now(struct scene *scene) {
    static char bytes[65537];
    ssize_t size = read(scene->fds[0], bytes, sizeof bytes - 1);
    bytes[size < 0 ? 0 : size] = '\0';
    return bytes;
}

static void expect_read(struct scene *scene, const char *text) {
    const char *bytes = read_now(scene);
    EXPECT_IN(strcmp(bytes, text) == 0, "got %s instead of %s", bytes, text);
}

static void expect_end(struct scene *scene, const char *before) {
    EXPECT(events_end(scene->events) == 0);
    const char *bytes = read_now(scene);
    char start[512];
    (void)snprintf(start, sizeof start, "%s{\"type\":\"result\",\"result\":{\"stdout\":", before);
    EXPECT_IN(strncmp(bytes, start, strlen(start)) == 0, "got %s instead of %s", bytes, start);
    const char *end = scene->result.streamed ? "\",\"streamed\":true}}\n" : "\",\"streamed\":false}}\n";
    EXPECT_IN(strcmp(bytes + strlen(bytes) - strlen(end), end) == 0, "%s", bytes);
}

static void at_once(void) {
    struct scene scene;
    open_scene(&scene, true);
    print(&scene, STREAM_OUT, "early\n");
    expect_read(&scene, "");
    events_start(scene.events);
    print(&scene, STREAM_ERR, "\"err\"");
    expect_read(&scene, "{\"type\":\"stdout\",\"text\":\"early\\n\"}\n{\"type\":\"stderr\",\"text\":\"\\\"err\\\"\"}\n");
    print(&scene, STREAM_OUT, "late");
    expect_read(&scene, "{\"type\":\"stdout\",\"text\":\"late\"}\n");
    expect_end(&scene, "");
    close_scene(&scene);
}

static void build(void) {
    struct scene scene;
    open_scene(&scene, true);
    scene.result.phase = PHASE_BUILD;
    print(&scene, STREAM_ERR, "warning");
    scene.result.steps[PHASE_BUILD].has_status = true;
    scene.result.phase = PHASE_RUN;
    events_build(scene.events);
    expect_read(&scene, "{\"type\":\"build\",\"build\":{\"stdout\":\"\",\"stderr\":\"warning\",\"exitCode\":0,\"duration\":0}}\n");
    events_start(scene.events);
    print(&scene, STREAM_OUT, "x");
    expect_end(&scene, "{\"type\":\"stdout\",\"text\":\"x\"}\n");
    close_scene(&scene);
}

static void forgotten(void) {
    struct scene scene;
    open_scene(&scene, true);
    print(&scene, STREAM_OUT, "of an interpreter that cannot run the program");
    capture_free(&scene.result.steps[PHASE_RUN].output[STREAM_OUT]);
    events_forget(scene.events);
    events_start(scene.events);
    print(&scene, STREAM_OUT, "x");
    expect_read(&scene, "{\"type\":\"stdout\",\"text\":\"x\"}\n");
    close_scene(&scene);
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
        struct scene scene;
        open_scene(&scene, true);
        events_start(scene.events);
        print(&scene, STREAM_OUT, WRITES[i].first);
        print(&scene, STREAM_OUT, WRITES[i].second);
        expect_read(&scene, WRITES[i].events);
        scene.result.steps[PHASE_RUN].output[STREAM_OUT].truncated = WRITES[i].truncated;
        expect_end(&scene, WRITES[i].at_end);
        close_scene(&scene);
    }
}

static void only_at_the_end(void) {
    struct scene scene;
    open_scene(&scene, false);
    events_start(scene.events);
    print(&scene, STREAM_OUT, "a");
    print(&scene, STREAM_ERR, "b");
    print(&scene, STREAM_OUT, "c");
    expect_read(&scene, "");
    expect_end(&scene, "{\"type\":\"stdout\",\"text\":\"a\"}\n{\"type\":\"stderr\",\"text\":\"b\"}\n{\"type\":\"stdout\",\"text\":\"c\"}\n");
    close_scene(&scene);
}

/* Reads all events and counts the bytes of each stream. */
static void read_all(struct scene *scene, size_t bytes[STREAMS]) {
    pid_t pid = fork();
    if (pid == 0)
        _exit(events_end(scene->events) == 0 ? 0 : 1);
    close(scene->fds[1]);
    scene->fds[1] = -1;
    EXPECT(fcntl(scene->fds[0], F_SETFL, 0) == 0);
    FILE *in = fdopen(scene->fds[0], "r");
    char *line = NULL;
    size_t capacity = 0;
    ssize_t size;
    while ((size = getline(&line, &capacity, in)) > 0) {
        yyjson_doc *doc = yyjson_read(line, (size_t)size, 0);
        const char *type = yyjson_get_str(yyjson_obj_get(yyjson_doc_get_root(doc), "type"));
        size_t length = yyjson_get_len(yyjson_obj_get(yyjson_doc_get_root(doc), "text"));
        EXPECT_IN(type != NULL, "%.200s", line);
        if (type != NULL && strcmp(type, "result") != 0)
            bytes[strcmp(type, "stderr") == 0 ? STREAM_ERR : STREAM_OUT] += length;
        yyjson_doc_free(doc);
    }
    free(line);
    fclose(in);
    scene->fds[0] = -1;
}

/* Nobody reads: the writer must not block, and lose nothing although its list is full. */
static void slow_reader(void) {
    struct scene scene;
    size_t bytes[STREAMS] = {0};
    open_scene(&scene, true);
    events_start(scene.events);
    for (int i = 0; i < 2 * EVENTS_MOST_ITEMS; i++)
        print(&scene, i % 2 == 0 ? STREAM_OUT : STREAM_ERR, "\x01line\n");
    EXPECT(scene.events->blocked && scene.events->overflowed);
    read_all(&scene, bytes);
    EXPECT_IN(bytes[STREAM_OUT] == 6 * EVENTS_MOST_ITEMS && bytes[STREAM_ERR] == 6 * EVENTS_MOST_ITEMS, "%zu %zu",
              bytes[STREAM_OUT], bytes[STREAM_ERR]);
    close_scene(&scene);
}

/* The results of two cases, while nobody reads. */
static void cases(void) {
    struct scene scene;
    struct result results[3] = {{.peak_bytes = -1}, {.peak_bytes = -1}, {.peak_bytes = -1}};
    char text[] = "one", more[] = "two\xc3";
    results[0].steps[PHASE_RUN].output[STREAM_OUT] = (struct capture){.data = text, .size = 3, .read_bytes = 3};
    results[1].steps[PHASE_RUN].output[STREAM_ERR] = (struct capture){.data = more, .size = 4, .read_bytes = 4};
    open_scene(&scene, true);
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
    const char *bytes = read_now(&scene);
    const char *first = strstr(bytes, "{\"type\":\"stdout\",\"text\":\"one\",\"case\":0}\n{\"type\":\"case\",\"index\":0,\"result\":{\"stdout\":\"one\"");
    const char *second = strstr(bytes, "\n{\"type\":\"stderr\",\"text\":\"two\",\"case\":1}\n{\"type\":\"stderr\",\"base64\":\"ww==\",\"case\":1}\n"
                                       "{\"type\":\"case\",\"index\":1,");
    EXPECT_IN(first == bytes && second != NULL, "%s", bytes);
    EXPECT(events_end(scene.events) == 0 && strncmp(read_now(&scene), "{\"type\":\"result\",", 17) == 0);
    close_scene(&scene);
}

/* A container with 4 MiB of free memory. */
static void no_memory(void) {
    struct scene scene;
    char used[] = "/tmp/runonce-used-XXXXXX";
    int fd = mkstemp(used);
    EXPECT(fd >= 0 && unlink(used) == 0 && write(fd, "4194304\n", 8) == 8);
    struct cgroup cgroup = {.limit_bytes = 8388608, .oom_fd = -1, .cpu_fd = -1, .peak_fd = -1, .used_fd = fd};
    struct memory memory = {.cgroup = &cgroup};
    open_scene(&scene, true);
    scene.events->memory = &memory;
    scene.result.phase = PHASE_BUILD;
    scene.result.has_build = true;
    events_build(scene.events);
    scene.result.phase = PHASE_RUN;
    events_start(scene.events);
    print(&scene, STREAM_OUT, "late");
    EXPECT_IN(*read_now(&scene) == '\0', "%s", "an event was written");
    EXPECT(events_end(scene.events) == 0);
    const char *bytes = read_now(&scene);
    const char *output = strstr(bytes, "}\n{\"type\":\"stdout\",\"text\":\"late\"}\n{\"type\":\"result\",");
    EXPECT_IN(strncmp(bytes, "{\"type\":\"build\",", 16) == 0 && output != NULL, "%s", bytes);
    close(fd);
    close_scene(&scene);
}

static void long_output(void) {
    struct scene scene;
    size_t bytes[STREAMS] = {0};
    char *text = malloc(300000);
    memset(text, '\x01', 300000);
    open_scene(&scene, true);
    events_start(scene.events);
    output(&scene, STREAM_OUT, text, 300000);
    EXPECT(scene.events->blocked && scene.events->writer.memory_capacity <= 262144);
    read_all(&scene, bytes);
    EXPECT_IN(bytes[STREAM_OUT] == 300000, "%zu", bytes[STREAM_OUT]);
    free(text);
    close_scene(&scene);
}

static void reader_is_gone(void) {
    struct scene scene;
    EXPECT(signal(SIGPIPE, SIG_IGN) != SIG_ERR); /* as in watch_open() */
    open_scene(&scene, true);
    close(scene.fds[0]);
    scene.fds[0] = -1;
    events_start(scene.events);
    print(&scene, STREAM_OUT, "a");
    EXPECT(scene.events->failed);
    print(&scene, STREAM_OUT, "b");
    EXPECT(events_end(scene.events) < 0);
    close_scene(&scene);
}

void events_tests(void) {
    test("an event is written at once, when it is certain that the output is the program's", at_once);
    test("the output of a build is in its event", build);
    test("the output of an interpreter that cannot run the program is in no event", forgotten);
    test("a character is in one event, and bytes that are not UTF-8 are base64", characters);
    test("where events cannot be written while the program runs, they keep their order", only_at_the_end);
    test("if nobody reads, nothing blocks and nothing is lost", slow_reader);
    test("the output of each case comes before its result, also if nobody reads for a while", cases);
    test("long output is written in parts", long_output);
    test("a reader that is gone does not disturb the run", reader_is_gone);
    test("a long event that needs more memory than the container has is written at the end", no_memory);
}
