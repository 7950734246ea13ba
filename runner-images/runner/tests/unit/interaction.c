/* Interactive runs, with a pipe as the service. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"
#include "runner.h"

struct scene {
    int fds[2];
    struct watch watch;
    struct child child;
    struct capture output[STREAMS];
    uint64_t left;
    struct io io;
};

static void open_scene(struct scene *scene, const char *script, struct payload payload, double idle_s) {
    char *const argv[] = {(char *)"/bin/sh", (char *)"-c", (char *)script, NULL};
    *scene = (struct scene){.left = 1 << 22};
    EXPECT(pipe2(scene->fds, O_CLOEXEC) == 0 && watch_open(&scene->watch) == 0);
    scene->io = (struct io){.watch = &scene->watch, .child = &scene->child, .input = payload.input, .output = scene->output, .left_bytes = &scene->left};
    struct interaction *interaction = interaction_new(scene->fds[0], &payload, "{\"type\":\"stdin\",", 16);
    EXPECT(interaction != NULL);
    interaction->idle_ns = (int64_t)(idle_s * 1e9);
    EXPECT(child_start_interactive(&scene->child, argv, environ, &scene->io.input, payload.terminal) == 0);
    interaction_start(interaction, &scene->io);
}

static void say(struct scene *scene, const char *text) {
    EXPECT(write(scene->fds[1], text, strlen(text)) == (ssize_t)strlen(text));
}

static void expect_end(struct scene *scene, enum ending ending, const char *output) {
    enum ending ended = io_finish(&scene->io, io_pump(&scene->io, clock_ns() + 20000000000), true);
    const struct capture *out = &scene->output[STREAM_OUT];
    EXPECT_IN(ended == ending, "ending %d", (int)ended);
    EXPECT_IN(is_text(out->size == 0 ? "" : out->data, out->size, output), "got %.*s", (int)out->size, out->data);
    interaction_free(scene->io.interaction);
    capture_free(&scene->output[STREAM_OUT]);
    capture_free(&scene->output[STREAM_ERR]);
    close(scene->fds[0]);
    if (scene->fds[1] >= 0)
        close(scene->fds[1]);
    close(scene->watch.signal_fd);
    close(scene->watch.timer_fd);
}

static void input(void) {
    struct scene scene;
    struct payload payload = {.input = {"first ", 6}};
    open_scene(&scene, "cat", payload, 20);
    say(&scene, "\"text\":\"rest \"}\nnonsense\n[]\n{}\n\n{\"type\":\"stdin\"}\n{\"type\":\"stdin\",\"base64\":\"?\"}\n");
    say(&scene, "{\"type\":\"stdin\",\"base64\":\"AP8=\"}\n{\"type\":\"other\"}\n{\"type\":\"stdinEnd\"}\n{\"type\":\"stdin\",\"text\":\"late\"}\n");
    enum ending ended = io_pump(&scene.io, clock_ns() + 20000000000);
    EXPECT(ended == ENDED_ITSELF && io_drain(&scene.io));
    EXPECT(scene.output[STREAM_OUT].size == 13 && memcmp(scene.output[STREAM_OUT].data, "first rest \0\xff", 13) == 0);
    scene.output[STREAM_OUT].size = 11;
    expect_end(&scene, ENDED_ITSELF, "first rest ");
}

static void closed(void) {
    struct scene scene;
    open_scene(&scene, "cat; echo end", (struct payload){0}, 20);
    say(&scene, "\"text\":\"a\"}\n{\"type\":\"stdin\",\"text\":\"incomplete\"}");
    close(scene.fds[1]);
    scene.fds[1] = -1;
    expect_end(&scene, ENDED_ITSELF, "aend\n");
}

static void too_long(void) {
    struct scene scene;
    open_scene(&scene, "cat", (struct payload){0}, 20);
    pid_t pid = fork();
    if (pid == 0) {
        char *filler = malloc(200000);
        memset(filler, 'x', 200000);
        _exit(write(scene.fds[1], filler, 200000) == 200000 && write(scene.fds[1], "\"}\n{\"type\":\"stdin\",\"text\":\"ok\"}\n", 32) == 32 ? 0 : 1);
    }
    close(scene.fds[1]);
    scene.fds[1] = -1;
    expect_end(&scene, ENDED_ITSELF, "ok");
    (void)waitpid(pid, NULL, 0); /* io_finish() may have reaped it */
}

/* While the program does not read, the runner stops reading, too. */
static void bounded(void) {
    struct scene scene;
    open_scene(&scene, "sleep 1; exec wc -c", (struct payload){0}, 20);
    pid_t pid = fork();
    if (pid == 0) {
        char *line = malloc(61000);
        memset(line, 'x', 61000);
        memcpy(line, "{\"type\":\"stdin\",\"text\":\"", 24);
        memcpy(line + 60024, "\"}\n", 3);
        say(&scene, "\"text\":\"\"}\n");
        for (int i = 0; i < 50; i++)
            if (write(scene.fds[1], line, 60027) != 60027)
                _exit(1);
        _exit(0);
    }
    close(scene.fds[1]);
    scene.fds[1] = -1;
    EXPECT(io_pump(&scene.io, clock_ns() + 500000000) == ENDED_BY_TIME);
    EXPECT_IN(scene.io.input.size >= 1 << 20 && scene.io.input.size < (1 << 20) + 131072, "%zu", scene.io.input.size);
    expect_end(&scene, ENDED_ITSELF, "3000000\n");
    (void)waitpid(pid, NULL, 0);
}

static void signals(void) {
    static const char *const NAMES[] = {"INT", "TERM"};
    for (size_t i = 0; i < COUNT(NAMES); i++) {
        struct scene scene;
        open_scene(&scene, "trap 'echo INT; exit' INT; trap 'echo TERM; exit' TERM; read line; sleep 9 & wait", (struct payload){0}, 20);
        say(&scene, "\"text\":\"\\n\"}\n");
        EXPECT(io_pump(&scene.io, clock_ns() + 500000000) == ENDED_BY_TIME);
        say(&scene, i == 0 ? "{\"type\":\"signal\",\"signal\":\"INT\"}\n" : "{\"type\":\"signal\",\"signal\":\"TERM\"}\n");
        expect_end(&scene, ENDED_ITSELF, i == 0 ? "INT\n" : "TERM\n");
    }
}

static void killed(void) {
    struct scene scene;
    open_scene(&scene, "exec sleep 30", (struct payload){0}, 20);
    say(&scene, "\"text\":\"\"}\n{\"type\":\"signal\",\"signal\":\"KILL\"}\n");
    EXPECT(io_pump(&scene.io, clock_ns() + 20000000000) == ENDED_ITSELF);
    EXPECT(WIFSIGNALED(scene.child.status) && WTERMSIG(scene.child.status) == 9);
    expect_end(&scene, ENDED_ITSELF, "");
}

static void idle(void) {
    struct scene scene;
    open_scene(&scene, "for i in 1 2 3 4 5 6; do echo $i; sleep 0.2; done; exec sleep 30", (struct payload){0}, 0.6);
    int64_t from_ns = clock_ns();
    expect_end(&scene, ENDED_BY_IDLE, "1\n2\n3\n4\n5\n6\n");
    EXPECT(clock_ns() - from_ns >= 1500000000);
}

static const struct payload ON_TERMINAL = {.terminal = {97, 31}};

static void on_terminal(void) {
    struct scene scene;
    open_scene(&scene, "tty > /dev/null || exit 5; stty size; printf 'name? '; read name; echo \"hi $name\" >&2; cat; stty size < /dev/tty", ON_TERMINAL, 20);
    say(&scene, "\"text\":\"Ann\\n\"}\n{\"type\":\"resize\",\"columns\":40,\"rows\":12}\n{\"type\":\"resize\",\"columns\":0,\"rows\":12}\n{\"type\":\"stdinEnd\"}\n");
    enum ending ended = io_pump(&scene.io, clock_ns() + 20000000000);
    EXPECT(ended == ENDED_ITSELF && io_drain(&scene.io));
    struct capture *out = &scene.output[STREAM_OUT];
    EXPECT(buffer_reserve(&out->data, &out->capacity, out->size + 1, 1) == 0);
    out->data[out->size] = '\0';
    EXPECT_IN(strstr(out->data, "name? ") != NULL && strstr(out->data, "hi Ann\r\n") != NULL && strstr(out->data, "12 40\r\n") != NULL, "%s", out->data);
    EXPECT(scene.output[STREAM_ERR].size == 0);
    out->size = 0;
    expect_end(&scene, ENDED_ITSELF, "");
}

static void control_c(void) {
    for (int i = 0; i < 2; i++) {
        struct scene scene;
        open_scene(&scene, "stty -echo; trap 'echo INT; exit' INT; sleep 9", ON_TERMINAL, 20);
        say(&scene, "\"text\":\"\"}\n");
        EXPECT(io_pump(&scene.io, clock_ns() + 500000000) == ENDED_BY_TIME);
        say(&scene, i == 0 ? "{\"type\":\"stdin\",\"text\":\"\\u0003\"}\n" : "{\"type\":\"signal\",\"signal\":\"INT\"}\n");
        expect_end(&scene, ENDED_ITSELF, "INT\r\n");
    }
}

void interaction_tests(void) {
    test("input follows in lines, and lines that are not valid are ignored", input);
    test("the end of the lines is the end of the input", closed);
    test("a line that is too long is ignored", too_long);
    test("while a program does not read, a limited number of bytes waits for it", bounded);
    test("a signal reaches the program", signals);
    test("KILL ends the program", killed);
    test("a run ends at its idle limit", idle);
    test("a program on a terminal knows its size, and both streams are one", on_terminal);
    test("^C and the signal INT reach the program on a terminal", control_c);
}
