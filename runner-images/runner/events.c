/* Events report what happens in a run. The runner writes them while the program runs, one JSON object per line.
 *
 * The runner keeps the output for the result, so events do not need a copy of it: an event is created when it can be written.
 * `items` contains the order in which the streams were read, and `seen` and `sent` are offsets in the kept output. The runner never
 * waits for a slow reader while a program runs. It writes the remaining events at the end, before the result. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/param.h>
#include <unistd.h>

#include "runner.h"

/* An item consists of a type and a value. For a stream, the value is a number of bytes. */
enum { ITEM_BUILD = STREAMS, ITEM_CASE, TYPE_SHIFT = 30 };
static const uint32_t MOST_VALUE = (1U << TYPE_SHIFT) - 1;
/* The most output in one output event, and the memory for the event: a control character takes six bytes in JSON. */
enum { MOST_TEXT_BYTES = 16384, MEMORY_BYTES = 131072 };
/* The memory that a build event or a case event may need: it contains all output, and the files of a case. */
enum { LONG_EVENT_BYTES = 32 * 1024 * 1024 };
/* Number of items that are reserved for events other than output. */
enum { RESERVED_ITEMS = 1024 };

struct events *events_new(int fd, bool live, const struct result *result) {
    struct events *events = malloc(sizeof *events);
    if (events == NULL)
        return NULL;
    /* Also makes the kernel allocate the memory now, because a program may use up the container's memory later. */
    memset(events, 0, sizeof *events);
    events->fd = fd;
    events->live = live;
    events->result = result;
    events->writer.fd = TO_MEMORY;
    if (live && buffer_reserve(&events->writer.memory, &events->writer.memory_capacity, MEMORY_BYTES, MEMORY_BYTES) == 0)
        memset(events->writer.memory, 0, MEMORY_BYTES);
    if (live && fcntl(fd, F_SETFL, O_NONBLOCK) < 0)
        events->live = false;
    return events;
}

static uint32_t *item_at(struct events *events, size_t index) {
    return &events->items[(events->first + index) % EVENTS_MOST_ITEMS];
}

static void push(struct events *events, uint32_t type, uint32_t value) {
    if (events->count < EVENTS_MOST_ITEMS)
        *item_at(events, events->count++) = type << TYPE_SHIFT | value;
    else
        events->overflowed = true;
}

void events_add(struct events *events, int stream, size_t size) {
    if (events == NULL || size == 0 || events->overflowed)
        return;
    uint32_t *last = events->count == 0 ? NULL : item_at(events, events->count - 1);
    if (last != NULL && *last >> TYPE_SHIFT == (uint32_t)stream && (*last & MOST_VALUE) + size <= MOST_VALUE)
        *last += (uint32_t)size;
    else if (events->count < EVENTS_MOST_ITEMS - RESERVED_ITEMS)
        push(events, (uint32_t)stream, (uint32_t)size);
    else
        events->overflowed = true; /* write_unlisted() later writes the output that is not in the list */
}

void events_forget(struct events *events) {
    if (events == NULL)
        return;
    events->count = 0;
    events->overflowed = false;
}

void events_start(struct events *events) {
    if (events != NULL)
        events->started = true;
}

void events_build(struct events *events) {
    events_forget(events);
    if (events == NULL)
        return;
    push(events, ITEM_BUILD, 0);
    events_write(events);
}

void events_case(struct events *events) {
    if (events == NULL)
        return;
    events->cases_ended++;
    if (!events->overflowed)
        push(events, ITEM_CASE, 0);
    events_write(events);
}

/* Writes the next bytes of a stream. Returns false if there is only an incomplete character, which waits for the rest. */
static bool write_part(struct events *events, int stream, size_t size) {
    const char *data = events_output(events)[stream].data + events->sent[stream];
    events->seen[stream] += size;
    size_t whole = utf8_without_partial(data, events->seen[stream] - events->sent[stream]);
    if (whole == 0)
        return false;
    write_output_event(events, stream, data, whole);
    events->sent[stream] += whole;
    return true;
}

/* Writes a part of the output that is not in the list because the list was full. Returns false if there is none. */
static bool write_rest(struct events *events) {
    for (int stream = 0; stream < STREAMS; stream++) {
        size_t rest = events_output(events)[stream].size - events->seen[stream];
        if (rest > 0 && (write_part(events, stream, MIN(rest, MOST_TEXT_BYTES)) || rest > MOST_TEXT_BYTES))
            return true;
    }
    return false;
}

/* Writes the next event that is not in the list because the list was full. Returns false if there is none. */
static bool write_unlisted(struct events *events) {
    if (!events->started)
        return false;
    if (write_rest(events))
        return true;
    if (events->cases_written < events->cases_ended) {
        write_case_event(events);
        return true;
    }
    events->overflowed = false;
    return false;
}

/* Writes the next event. Returns false if there is none. */
static bool write_next(struct events *events) {
    while (events->count > 0) {
        uint32_t *item = item_at(events, 0);
        uint32_t type = *item >> TYPE_SHIFT, value = *item & MOST_VALUE;
        if (type < STREAMS && !events->started)
            return false;
        uint32_t taken = type < STREAMS ? MIN(value, MOST_TEXT_BYTES) : value;
        *item -= taken;
        if (taken == value) {
            events->first = (events->first + 1) % EVENTS_MOST_ITEMS;
            events->count--;
        }
        if (type == ITEM_BUILD)
            write_build_event(events);
        else if (type == ITEM_CASE)
            write_case_event(events);
        else if (!write_part(events, (int)type, taken))
            continue;
        return true;
    }
    return write_unlisted(events);
}

/* Writes the events that are in the writer's memory, until a write would block. Returns whether all were written. */
static bool write_made(struct events *events) {
    struct writer *writer = &events->writer;
    while (events->written < writer->memory_size) {
        ssize_t size = write(events->fd, writer->memory + events->written, writer->memory_size - events->written);
        if (size < 0 && errno == EINTR)
            continue;
        events->blocked = size < 0 && errno == EAGAIN;
        events->failed = size < 0 && errno != EAGAIN;
        if (size < 0)
            return false;
        events->written += (size_t)size;
    }
    events->written = writer->memory_size = 0;
    return true;
}

/* Returns whether the next event may contain all output and there is not enough memory for it. */
static bool is_too_long(struct events *events) {
    bool is_long = events->overflowed || (events->count > 0 && *item_at(events, 0) >> TYPE_SHIFT >= STREAMS);
    return is_long && events->memory != NULL && memory_lacks(events->memory, LONG_EVENT_BYTES);
}

void events_write(struct events *events) {
    if (events == NULL || !events->live || events->blocked || events->deferred || events->failed)
        return;
    while (write_made(events)) {
        events->deferred = is_too_long(events);
        if (events->deferred || !write_next(events))
            return;
        events->failed = write_flush(&events->writer) < 0;
    }
}

int events_end(struct events *events) {
    struct writer *writer = &events->writer;
    (void)write_flush(writer); /* the writer remembers an error */
    writer->fd = events->fd;
    events->started = events->result->phase == PHASE_RUN;
    write_bytes(writer, writer->memory + events->written, writer->memory_size - events->written);
    while (write_next(events))
        ;
    write_result_event(events);
    return write_flush(writer);
}
