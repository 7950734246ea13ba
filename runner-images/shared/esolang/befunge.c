/* Befunge-93 on a torus of 80 columns and 25 lines, or larger if the program is larger. The cells contain signed
 * numbers. The end of input reads as -1. A division by 0 has the result 0, and cells outside the torus have the value
 * 0. */
#include "source.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { COLUMNS = 80, LINES = 25 };

struct machine {
    const struct source *source;
    int64_t *cells;
    int64_t columns, lines;
    int64_t x, y, dx, dy;
    int64_t *stack;
    size_t depth, room;
};

static void load(struct machine *machine, const struct source *source)
{
    int64_t width = 0, lines = 1;
    machine->columns = COLUMNS;
    for (size_t i = 0; i < source->length; i++) {
        width = source->text[i] == '\n' ? 0 : width + 1;
        if (source->text[i] == '\n') lines++;
        if (width > machine->columns) machine->columns = width;
    }
    machine->lines = lines > LINES ? lines : LINES;
    machine->cells = zeroed((size_t)(machine->columns * machine->lines), sizeof *machine->cells);
    for (int64_t i = 0; i < machine->columns * machine->lines; i++) machine->cells[i] = ' ';
    int64_t x = 0, y = 0;
    for (size_t i = 0; i < source->length; i++) {
        if (source->text[i] == '\n') {
            x = 0;
            y++;
        } else if (source->text[i] != '\r') {
            machine->cells[y * machine->columns + x++] = (unsigned char)source->text[i];
        }
    }
}

static _Noreturn void fail(const struct machine *machine, const char *message)
{
    source_fail(machine->source, (size_t)machine->y + 1, (size_t)machine->x + 1, message);
}

static void push(struct machine *machine, int64_t value)
{
    if (machine->depth == machine->room) {
        machine->room = machine->room == 0 ? 1024 : machine->room * 2;
        int64_t *larger = realloc(machine->stack, machine->room * sizeof *larger);
        if (larger == NULL) fail(machine, "the stack is full");
        machine->stack = larger;
    }
    machine->stack[machine->depth++] = value;
}

/* Returns 0 if the stack is empty. */
static int64_t pop(struct machine *machine)
{
    return machine->depth == 0 ? 0 : machine->stack[--machine->depth];
}

static void head(struct machine *machine, int64_t dx, int64_t dy)
{
    machine->dx = dx;
    machine->dy = dy;
}

static void step(struct machine *machine)
{
    machine->x = (machine->x + machine->dx + machine->columns) % machine->columns;
    machine->y = (machine->y + machine->dy + machine->lines) % machine->lines;
}

static int64_t *here(struct machine *machine)
{
    return &machine->cells[machine->y * machine->columns + machine->x];
}

/* Pops a position from the stack. Returns its cell, or NULL outside the torus. */
static int64_t *popped_cell(struct machine *machine)
{
    int64_t y = pop(machine), x = pop(machine);
    if (x < 0 || x >= machine->columns || y < 0 || y >= machine->lines) return NULL;
    return &machine->cells[y * machine->columns + x];
}

/* Computes with unsigned numbers, because signed overflow is undefined in C. The results wrap as two's complement. */
static void calculate(struct machine *machine, char operator)
{
    int64_t b = pop(machine), a = pop(machine);
    switch (operator) {
    case '+': push(machine, (int64_t)((uint64_t)a + (uint64_t)b)); break;
    case '-': push(machine, (int64_t)((uint64_t)a - (uint64_t)b)); break;
    case '*': push(machine, (int64_t)((uint64_t)a * (uint64_t)b)); break;
    case '/': push(machine, b == 0 ? 0 : b == -1 ? (int64_t)(0 - (uint64_t)a) : a / b); break;
    case '%': push(machine, b == 0 || b == -1 ? 0 : a % b); break;
    default: push(machine, a > b); break;
    }
}

static void turn_at_random(struct machine *machine)
{
    static const int64_t WAYS[4][2] = {{1, 0}, {-1, 0}, {0, 1}, {0, -1}};
    const int64_t *way = WAYS[rand() % 4];
    head(machine, way[0], way[1]);
}

static void read_text(struct machine *machine)
{
    while (step(machine), *here(machine) != '"') push(machine, *here(machine));
}

static void input(struct machine *machine, int as_number)
{
    long long number = -1;
    (void)fflush(stdout);
    if (!as_number) number = getchar();
    else if (scanf("%lld", &number) != 1) number = -1;
    push(machine, number);
}

static void stack_operation(struct machine *machine, char c)
{
    int64_t top = pop(machine);
    switch (c) {
    case '!': push(machine, top == 0); break;
    case ':': push(machine, top); push(machine, top); break;
    case '_': head(machine, top == 0 ? 1 : -1, 0); break;
    case '|': head(machine, 0, top == 0 ? 1 : -1); break;
    case '.': printf("%lld ", (long long)top); break;
    case ',': (void)putchar((int)(top & 0xff)); break;
    case '\\': {
        int64_t below = pop(machine);
        push(machine, top);
        push(machine, below);
        break;
    }
    default: break; /* $ drops it */
    }
}

static void execute(struct machine *machine, int64_t cell)
{
    int64_t *place;
    if (cell >= '0' && cell <= '9') {
        push(machine, cell - '0');
        return;
    }
    switch (cell) {
    case ' ': break;
    case '>': head(machine, 1, 0); break;
    case '<': head(machine, -1, 0); break;
    case 'v': head(machine, 0, 1); break;
    case '^': head(machine, 0, -1); break;
    case '?': turn_at_random(machine); break;
    case '#': step(machine); break;
    case '"': read_text(machine); break;
    case '+': case '-': case '*': case '/': case '%': case '`': calculate(machine, (char)cell); break;
    case '!': case ':': case '_': case '|': case '.': case ',': case '\\': case '$': stack_operation(machine, (char)cell); break;
    case 'g': place = popped_cell(machine); push(machine, place == NULL ? 0 : *place); break;
    case 'p':
        place = popped_cell(machine);
        if (place == NULL) (void)pop(machine);
        else *place = pop(machine);
        break;
    case '&': input(machine, 1); break;
    case '~': input(machine, 0); break;
    default: fail(machine, "no such instruction");
    }
}

int main(int argc, char **argv)
{
    struct source source = source_of_arguments("befunge", argc, argv);
    struct machine machine = {.source = &source, .dx = 1};
    srand((unsigned)time(NULL) ^ (unsigned)clock());
    load(&machine, &source);
    for (; *here(&machine) != '@'; step(&machine)) execute(&machine, *here(&machine));
    return fflush(stdout) == 0 ? 0 : 1;
}
