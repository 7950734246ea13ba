/* The runner's side of the warm interpreter's protocol, with shell scripts as interpreters. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "check.h"
#include "runner.h"

static void start(struct warm *warm, struct watch *watch, const char *script) {
    char *const argv[] = {(char *)"/bin/sh", (char *)"-c", (char *)script, NULL};
    *watch = (struct watch){0};
    *warm = (struct warm){.child = NO_CHILD};
    EXPECT(watch_open(watch) == 0);
    warm_start(warm, argv, environ);
}

static void stop(struct warm *warm, struct watch *watch) {
    warm_stop(warm, watch);
    EXPECT(warm->state == WARM_NONE && warm->child.control_fd == -1);
    close(watch->signal_fd);
    close(watch->timer_fd);
}

static void becomes_ready(void) {
    static const struct {
        const char *script;
        double seconds;
        int state;
    } INTERPRETERS[] = {
        {"printf R >&3; read x <&3", 20, WARM_READY},
        {"sleep 0.1; printf R >&3; read x <&3", 20, WARM_READY},
        {"exec sleep 30", 0.05, WARM_STARTING},
        {"exit 1", 20, WARM_NONE},
        {"exec 3>&-; exec sleep 30", 20, WARM_NONE},
        {"printf X >&3; exec sleep 30", 20, WARM_NONE},
        {"kill -9 $$", 20, WARM_NONE},
    };
    for (size_t i = 0; i < COUNT(INTERPRETERS); i++) {
        struct warm warm;
        struct watch watch;
        start(&warm, &watch, INTERPRETERS[i].script);
        int64_t from_ns = clock_ns();
        warm_wait(&warm, &watch, from_ns + (int64_t)(INTERPRETERS[i].seconds * 1e9));
        EXPECT_IN((int)warm.state == INTERPRETERS[i].state, "%s: %d", INTERPRETERS[i].script, (int)warm.state);
        EXPECT_IN(clock_ns() - from_ns < 10000000000, "%s", INTERPRETERS[i].script);
        stop(&warm, &watch);
    }
}

/* Waits for the next message. */
static enum warm_message next_message(struct io *io, int *exit_code) {
    enum ending ending = io_pump(io, clock_ns() + 20000000000);
    EXPECT_IN(ending == NOT_ENDED || ending == ENDED_ITSELF, "ending %d", (int)ending);
    return warm_read_message(io->child, exit_code);
}

static void conversation(void) {
    struct warm warm;
    struct watch watch;
    int exit_code = -1;
    yyjson_doc *args = yyjson_read("[\"a b\",\"\"]", 10, 0);
    struct file file = {"m.x", "", 0, false, false};
    struct payload payload = {.files = &file, .file_count = 1, .args = yyjson_doc_get_root(args)};
    start(&warm, &watch, "printf R >&3; head -c 13 <&3 | od -An -c | tr -s ' '; printf B >&3; head -c 1 <&3; exec 3>&-; exit 5");
    warm_wait(&warm, &watch, clock_ns() + 20000000000);
    EXPECT(warm.state == WARM_READY && warm_can_run(&payload) && warm_send(&warm.child, &payload) == 0);
    struct capture output[STREAMS] = {0};
    uint64_t left = 1000;
    struct io io = {.watch = &watch, .child = &warm.child, .input = {"", 0}, .output = output, .left_bytes = &left};
    EXPECT(next_message(&io, &exit_code) == MESSAGE_BUILT && io_drain(&io));
    EXPECT_IN(is_text(output[STREAM_OUT].data, output[STREAM_OUT].size, " \\0 \\0 \\0 \\t m . x \\0 a b \\0 \\0\n") ||
                  is_text(output[STREAM_OUT].data, output[STREAM_OUT].size, " \\0 \\0 \\0 \\t m . x \\0 a b \\0 \\0 \n"),
              "%.*s", (int)output[STREAM_OUT].size, output[STREAM_OUT].data);
    capture_free(&output[STREAM_OUT]);
    EXPECT(warm_continue(&warm.child) == 0 && next_message(&io, &exit_code) == MESSAGE_CLOSED);
    close_fd(&warm.child.control_fd);
    EXPECT(io_finish(&io, io_pump(&io, clock_ns() + 20000000000), true) == ENDED_ITSELF);
    EXPECT(warm.child.status == 5 << 8 && is_text(output[STREAM_OUT].data, output[STREAM_OUT].size, "G"));
    capture_free(&output[STREAM_OUT]);
    capture_free(&output[STREAM_ERR]);
    yyjson_doc_free(args);
    stop(&warm, &watch);
}

static void failure(void) {
    struct warm warm;
    struct watch watch;
    int exit_code = -1;
    start(&warm, &watch, "printf 'F\\002' >&3; exit 2");
    struct capture output[STREAMS] = {0};
    uint64_t left = 1000;
    struct io io = {.watch = &watch, .child = &warm.child, .input = {"", 0}, .output = output, .left_bytes = &left};
    EXPECT(next_message(&io, &exit_code) == MESSAGE_BUILD_FAILED && exit_code == 2);
    stop(&warm, &watch);
}

static void plain_payloads(void) {
    struct file names[] = {{"main.py", "", 0, false, false}, {"d/m", "", 0, false, false}, {"-m", "", 0, false, false}};
    struct payload plain = {.files = names, .file_count = 1};
    struct payload folder = {.files = names + 1, .file_count = 1};
    struct payload dash = {.files = names + 2, .file_count = 1};
    struct payload none = {.command = "x"};
    EXPECT(warm_can_run(&plain) && !warm_can_run(&folder) && !warm_can_run(&dash) && !warm_can_run(&none));
    plain.command = "x";
    EXPECT(!warm_can_run(&plain));
    plain.command = NULL;
    plain.run_command = "x";
    EXPECT(!warm_can_run(&plain));
    plain.run_command = NULL;
    char json[70000] = "[\"";
    memset(json + 2, 'a', 66000);
    strcat(json, "\"]");
    yyjson_doc *doc = yyjson_read(json, strlen(json), 0);
    plain.args = yyjson_doc_get_root(doc);
    EXPECT(!warm_can_run(&plain));
    plain.args = NULL;
    plain.env = yyjson_doc_get_root(doc);
    EXPECT(!warm_can_run(&plain));
    yyjson_doc_free(doc);
}

void warm_tests(void) {
    test("an interpreter is ready when it reports this, and is stopped if it dies or sends anything else", becomes_ready);
    test("an interpreter receives the names, builds, waits and becomes the program", conversation);
    test("an interpreter reports that its build failed", failure);
    test("the warm interpreter runs only plain payloads", plain_payloads);
}
