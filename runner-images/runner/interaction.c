/* Interactive runs. After the payload, the service sends one JSON object per line on stdin: input for the program, the end of the
 * input, signals, or the size of the terminal. A line that is not valid is ignored. The input that the program has not read is
 * limited: above the limit, the runner stops reading, and the service waits. */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "runner.h"

/* The longest line. It can contain 64 KiB of input as base64, or as text with some escapes, and the names of the
 * members. */
enum { MOST_LINE_BYTES = 131072, LINE_BUFFER_BYTES = MOST_LINE_BYTES + PAYLOAD_PADDING };
enum { MOST_PENDING_BYTES = 1 << 20 };

struct interaction *interaction_new(int fd, const struct payload *payload, const char *rest, size_t rest_size) {
    struct interaction *interaction = malloc(sizeof *interaction);
    char *line = malloc(LINE_BUFFER_BYTES);
    if (interaction == NULL || line == NULL || rest_size > MOST_LINE_BYTES) {
        free(interaction);
        free(line);
        return NULL;
    }
    memset(line, 0, LINE_BUFFER_BYTES); /* allocates the pages now: a program may use up the memory later */
    memcpy(line, rest, rest_size);
    *interaction = (struct interaction){.fd = fd, .line = line, .line_size = rest_size, .terminal = payload->terminal};
    return interaction;
}

void interaction_free(struct interaction *interaction) {
    if (interaction == NULL)
        return;
    free(interaction->line);
    free(interaction->input);
    free(interaction);
}

/* Appends to the input that the program has not read. */
static void add_input(struct io *io, const char *bytes, size_t size) {
    struct interaction *interaction = io->interaction;
    size_t pending = io->input.size;
    if (io->child->input_fd < 0 || size == 0)
        return;
    if (pending > 0 && io->input.data >= interaction->input && io->input.data < interaction->input + interaction->capacity)
        memmove(interaction->input, io->input.data, pending);
    if (buffer_reserve(&interaction->input, &interaction->capacity, pending + size, 4096) < 0)
        return;
    memcpy(interaction->input + pending, bytes, size);
    io->input = (struct span){interaction->input, pending + size};
    interaction->last = bytes[size - 1];
}

/* On a terminal, a character ends the input. After an incomplete line, this character is needed twice. termios(3), VEOF */
static void end_input(struct io *io) {
    static const char TWICE[] = {'\x04', '\x04'};
    struct interaction *interaction = io->interaction;
    if (interaction->ended)
        return;
    if (interaction->terminal.columns > 0)
        add_input(io, TWICE, interaction->last == '\0' || interaction->last == '\n' ? 1 : 2);
    else
        io->child->holds_input = false;
    interaction->ended = true;
}

static void on_input(struct io *io, yyjson_val *message) {
    yyjson_val *text = last_of(message, "text");
    yyjson_val *base64 = last_of(message, "base64");
    if (io->interaction->ended)
        return;
    if (yyjson_is_str(text)) {
        add_input(io, yyjson_get_str(text), yyjson_get_len(text));
    } else if (yyjson_is_str(base64)) {
        char *bytes = (char *)yyjson_get_str(base64);
        ssize_t size = base64_decode(bytes, yyjson_get_len(base64));
        if (size > 0)
            add_input(io, bytes, (size_t)size);
    }
}

static void on_signal(const struct io *io, yyjson_val *name) {
    const struct child *child = io->child;
    int number = yyjson_equals_str(name, "INT")    ? SIGINT
                 : yyjson_equals_str(name, "TERM") ? SIGTERM
                 : yyjson_equals_str(name, "KILL") ? SIGKILL
                                                   : 0;
    if (number == 0 || child->ended || child->pid <= 0)
        return;
    /* A shell on a terminal gives each job a separate process group. */
    if (number == SIGINT && io->interaction->terminal.columns > 0 && terminal_interrupt(child->output_fds[STREAM_OUT]) == 0)
        return;
    /* The child leads a process group, unless it has not called setsid(2) yet. It is not reaped, so its ID is still valid. */
    if (kill(-child->pid, number) < 0)
        (void)kill(child->pid, number);
}

static void on_resize(struct io *io, yyjson_val *message) {
    struct terminal terminal;
    if (io->interaction->terminal.columns > 0 && terminal_parse(&terminal, message))
        (void)terminal_resize(io->child->output_fds[STREAM_OUT], terminal); /* fails if the program has closed the terminal */
}

static void on_message(struct io *io, yyjson_val *message) {
    yyjson_val *type = last_of(message, "type");
    if (yyjson_equals_str(type, "stdin"))
        on_input(io, message);
    else if (yyjson_equals_str(type, "stdinEnd"))
        end_input(io);
    else if (yyjson_equals_str(type, "signal"))
        on_signal(io, last_of(message, "signal"));
    else if (yyjson_equals_str(type, "resize"))
        on_resize(io, message);
}

/* Handles one line, whose newline and the bytes after it serve as padding for the parser. */
static void on_line(struct io *io, char *line, size_t size) {
    char padding[PAYLOAD_PADDING];
    memcpy(padding, line + size, sizeof padding);
    memset(line + size, 0, sizeof padding);
    yyjson_doc *doc = yyjson_read_opts(line, size, YYJSON_READ_INSITU, NULL, NULL);
    if (yyjson_is_obj(yyjson_doc_get_root(doc)))
        on_message(io, yyjson_doc_get_root(doc));
    yyjson_doc_free(doc);
    memcpy(line + size, padding, sizeof padding);
}

static void handle_lines(struct io *io) {
    struct interaction *interaction = io->interaction;
    char *at = interaction->line, *end = at + interaction->line_size;
    for (char *newline; at < end && (newline = memchr(at, '\n', (size_t)(end - at))) != NULL; at = newline + 1) {
        if (!interaction->skips)
            on_line(io, at, (size_t)(newline - at));
        interaction->skips = false;
    }
    interaction->line_size = (size_t)(end - at);
    memmove(interaction->line, at, interaction->line_size);
    if (interaction->line_size == MOST_LINE_BYTES) {
        interaction->skips = true;
        interaction->line_size = 0;
    }
}

void interaction_start(struct interaction *interaction, struct io *io) {
    struct span payload_input = io->input;
    if (interaction == NULL || io->interaction != NULL)
        return;
    io->interaction = interaction;
    io->input.size = 0;
    add_input(io, payload_input.data, payload_input.size);
    handle_lines(io);
    interaction_feed(io);
}

bool interaction_reads(const struct io *io) {
    return io->interaction != NULL && io->interaction->fd >= 0 && (io->child->input_fd < 0 || io->input.size < MOST_PENDING_BYTES);
}

void interaction_read(struct io *io) {
    struct interaction *interaction = io->interaction;
    ssize_t size = read(interaction->fd, interaction->line + interaction->line_size, MOST_LINE_BYTES - interaction->line_size);
    if (size < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (size <= 0) {
        interaction->fd = -1;
        end_input(io);
    } else {
        interaction->line_size += (size_t)size;
        interaction->active_ns = clock_ns();
        handle_lines(io);
    }
    interaction_feed(io);
}

void interaction_feed(struct io *io) {
    if (io->child->input_fd >= 0)
        child_feed(io->child, &io->input);
    if (io->child->input_fd < 0)
        io->input.size = 0;
}
