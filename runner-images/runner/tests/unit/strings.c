#include <errno.h>
#include <stdlib.h>

#include "check.h"
#include "runner.h"

static void grows(void) {
    size_t capacity = 0;
    int *items = array_reserve(NULL, &capacity, 1, 4, sizeof *items);
    EXPECT(items != NULL && capacity == 4);
    items[3] = 7;
    EXPECT(array_reserve(items, &capacity, 4, 4, sizeof *items) == items && capacity == 4);
    items = array_reserve(items, &capacity, 33, 4, sizeof *items);
    EXPECT(items != NULL && capacity == 64 && items[3] == 7);
    items[63] = 8;
    free(items);
}

static void too_long(void) {
    static const size_t NEEDED[] = {SIZE_MAX, SIZE_MAX / 2 + 1, SIZE_MAX / 8};
    size_t capacity = 0;
    uint64_t *items = array_reserve(NULL, &capacity, 3, 3, sizeof *items);
    EXPECT(items != NULL);
    for (size_t i = 0; i < COUNT(NEEDED); i++) {
        errno = 0;
        EXPECT(array_reserve(items, &capacity, NEEDED[i], 3, sizeof *items) == NULL && errno == ENOMEM);
        EXPECT(capacity == 3);
    }
    items[2] = 1;
    free(items);
    char *bytes = NULL;
    size_t byte_capacity = 0;
    EXPECT(buffer_reserve(&bytes, &byte_capacity, SIZE_MAX, 16) < 0 && errno == ENOMEM && bytes == NULL && byte_capacity == 0);
}

void strings_tests(void) {
    test("an array grows by doubling and keeps its items", grows);
    test("an array that would exceed the address space is not changed", too_long);
}
