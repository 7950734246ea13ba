/* Brainfuck with 8-bit cells that wrap, 0 at the end of input, and a tape of 16 MiB that starts at the first cell.
 * The text is first translated into operations, one for each run of equal commands, so that long programs run fast. */
#include "source.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TAPE = 16 << 20 };

enum kind { ADD, MOVE, CLEAR, PUT, GET, OPEN, CLOSE, END };

struct operation {
    enum kind kind;
    int32_t amount; /* ADD, MOVE */
    size_t target;  /* OPEN, CLOSE: index of the matching operation */
    size_t offset;  /* position in the text */
};

struct program {
    struct operation *operations;
    size_t count;
};

static const char COMMANDS[] = "+-<>.,[]";

/* Returns the sum of a run of `up` and `down` that begins at *at, and moves *at to the end of the run. Comments are
 * skipped. */
static int32_t run_length(const struct source *source, size_t *at, char up, char down)
{
    int32_t sum = 0;
    for (; *at < source->length; (*at)++) {
        char c = source->text[*at];
        if (c == up) sum++;
        else if (c == down) sum--;
        else if (c != '\0' && strchr(COMMANDS, c) != NULL) break;
    }
    return sum;
}

/* Replaces a loop [-] or [+], which sets the cell to 0, by one operation. */
static void shorten(struct program *program)
{
    if (program->count < 3) return;
    struct operation *last = &program->operations[program->count - 3];
    if (last[0].kind != OPEN || last[1].kind != ADD || last[2].kind != CLOSE || last[1].amount % 2 == 0) return;
    last[0].kind = CLEAR;
    program->count -= 2;
}

static void close_loop(const struct source *source, struct program *program, size_t *open, size_t depth, size_t at)
{
    if (depth == 0) source_fail_at(source, at, "] without a [");
    size_t start = open[depth - 1];
    program->operations[start].target = program->count;
    program->operations[program->count++] = (struct operation){.kind = CLOSE, .target = start, .offset = at};
    shorten(program);
}

static struct program parse(const struct source *source)
{
    struct program program = {.operations = zeroed(source->length + 1, sizeof *program.operations)};
    size_t *open = zeroed(source->length + 1, sizeof *open);
    size_t depth = 0;
    size_t at = 0;
    while (at < source->length) {
        size_t start = at;
        struct operation operation = {.offset = start};
        switch (source->text[at]) {
        case '+':
        case '-': operation.kind = ADD; operation.amount = run_length(source, &at, '+', '-'); break;
        case '>':
        case '<': operation.kind = MOVE; operation.amount = run_length(source, &at, '>', '<'); break;
        case '.': operation.kind = PUT; at++; break;
        case ',': operation.kind = GET; at++; break;
        case '[': operation.kind = OPEN; open[depth++] = program.count; at++; break;
        case ']': close_loop(source, &program, open, depth, at++); depth--; continue;
        default: at++; continue;
        }
        program.operations[program.count++] = operation;
    }
    if (depth > 0) source_fail_at(source, program.operations[open[depth - 1]].offset, "[ without a ]");
    program.operations[program.count] = (struct operation){.kind = END};
    free(open);
    return program;
}

/* Flushes the output before reading, so that the user sees a prompt before entering the input. */
static uint8_t get(void)
{
    (void)fflush(stdout);
    int c = getchar();
    return c == EOF ? 0 : (uint8_t)c;
}

static void run(const struct source *source, const struct operation *operations)
{
    uint8_t *tape = zeroed(TAPE, 1);
    int64_t cell = 0;
    for (const struct operation *now = operations; now->kind != END; now++) {
        switch (now->kind) {
        case ADD: tape[cell] = (uint8_t)(tape[cell] + now->amount); break;
        case MOVE:
            cell += now->amount;
            if (cell < 0) source_fail_at(source, now->offset, "left of the first cell");
            if (cell >= TAPE) source_fail_at(source, now->offset, "right of the last cell");
            break;
        case CLEAR: tape[cell] = 0; break;
        case PUT: (void)putchar(tape[cell]); break;
        case GET: tape[cell] = get(); break;
        case OPEN: if (tape[cell] == 0) now = operations + now->target; break;
        case CLOSE: if (tape[cell] != 0) now = operations + now->target; break;
        case END: break;
        }
    }
}

int main(int argc, char **argv)
{
    struct source source = source_of_arguments("brainfuck", argc, argv);
    run(&source, parse(&source).operations);
    return fflush(stdout) == 0 ? 0 : 1;
}
