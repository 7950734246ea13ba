/* For any bytes that the service sends after the payload, in pieces of any size, nothing is read or kept beyond the
 * limits, and the program's input is what the valid lines contain. The first two bytes select the size of the pieces
 * and what the program reads. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "runner.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds) {
    if (!holds)
        abort();
}

/* Reads some of the program's input. */
static void drain(int fd, size_t most) {
    char bytes[256];
    (void)!read(fd, bytes, most < sizeof bytes ? most : sizeof bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    int service[2], program[2];
    if (size < 2)
        return 0;
    size_t piece = (size_t)data[0] + 1, reads = data[1];
    const struct payload payload = {.terminal = {data[0] & 1 ? 80 : 0, 24}, .input = {"first", data[1] & 1 ? 5 : 0}};
    struct child child = NO_CHILD;
    struct capture output[STREAMS] = {0};
    struct io io = {.child = &child, .input = payload.input, .output = output};
    require(pipe2(service, O_NONBLOCK | O_CLOEXEC) == 0 && pipe2(program, O_NONBLOCK | O_CLOEXEC) == 0);
    child.input_fd = program[1];
    child.holds_input = true;
    size_t rest = size - 2 < piece ? size - 2 : piece;
    struct interaction *interaction = interaction_new(service[0], &payload, (const char *)data + 2, rest);
    require(interaction != NULL);
    interaction_start(interaction, &io);
    for (size_t at = 2 + rest; at < size; at += piece) {
        size_t now = size - at < piece ? size - at : piece;
        require(write(service[1], data + at, now) == (ssize_t)now);
        require(interaction_reads(&io) || io.input.size >= 1 << 20);
        interaction_read(&io);
        require(interaction->line_size < 131072 && (io.input.size == 0 || io.input.data + io.input.size <= interaction->input + interaction->capacity));
        drain(program[0], reads);
    }
    close(service[1]);
    interaction_read(&io);
    require(interaction->fd == -1 && interaction->ended && (payload.terminal.columns > 0 || !child.holds_input));
    interaction_free(interaction);
    close(service[0]);
    close(program[0]);
    child_close(&child);
    return 0;
}
