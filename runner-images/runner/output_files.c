/* Writes the files that a run returns. Their content goes from the file to the writer in small pieces, because a program may have
 * used up the container's memory. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "runner.h"

/* A multiple of 3, so that base64 has no padding between two pieces. */
enum { PIECE_BYTES = 24576 };

/* Reads a piece at this offset. Returns its size, which is less than wanted only at the end of the file, or 0 after an error. */
static size_t read_piece(int fd, uint64_t offset, char *piece, size_t wanted) {
    size_t size = 0;
    while (size < wanted) {
        ssize_t got = pread(fd, piece + size, wanted - size, (off_t)(offset + size));
        if (got <= 0)
            break;
        size += (size_t)got;
    }
    return size;
}

static size_t wanted_bytes(const struct output_file *file, uint64_t offset) {
    return file->size - offset < PIECE_BYTES ? (size_t)(file->size - offset) : PIECE_BYTES;
}

/* Handles a piece. Returns how many of its bytes were taken, or 0 to stop. */
typedef size_t take_function(struct writer *writer, const char *piece, size_t size, bool is_last);

/* Returns the offset up to which the file was taken. */
static uint64_t for_each_piece(const struct output_file *file, struct writer *writer, take_function *take) {
    char piece[PIECE_BYTES];
    uint64_t offset = 0;
    while (offset < file->size) {
        size_t wanted = wanted_bytes(file, offset);
        size_t size = read_piece(file->fd, offset, piece, wanted);
        size_t taken = size < wanted ? 0 : take(writer, piece, size, offset + size == file->size);
        if (taken == 0)
            break;
        offset += taken;
    }
    return offset;
}

static size_t take_text(struct writer *writer, const char *piece, size_t size, bool is_last) {
    size_t whole = is_last ? size : utf8_without_partial(piece, size);
    if (writer == NULL)
        return utf8_is_valid(piece, whole) ? whole : 0;
    write_json_text(writer, piece, whole);
    return whole;
}

static size_t take_binary(struct writer *writer, const char *piece, size_t size, bool is_last) {
    (void)is_last;
    write_base64(writer, piece, size);
    return size;
}

static void write_content(struct writer *writer, const struct output_file *file) {
    bool is_text = for_each_piece(file, NULL, take_text) == file->size;
    write_text(writer, ",\"content\":\"");
    uint64_t written = for_each_piece(file, writer, is_text ? take_text : take_binary);
    write_format(writer, "\",\"encoding\":\"%s\",\"size\":%llu,\"truncated\":%s", is_text ? "utf8" : "base64",
                 (unsigned long long)file->size, written == file->size ? "false" : "true,\"error\":\"changed while it was read\"");
}

static void write_file(struct writer *writer, const struct output_file *file) {
    write_text(writer, "{\"name\":");
    write_json_string(writer, file->name, strlen(file->name));
    if (file->fd >= 0) {
        write_content(writer, file);
    } else {
        write_format(writer, ",\"size\":%llu,\"truncated\":true", (unsigned long long)file->size);
        if (file->error != NULL)
            write_format(writer, ",\"error\":\"%s\"", file->error);
    }
    write_text(writer, "}");
}

void output_files_write(struct writer *writer, const struct output_files *files) {
    write_text(writer, ",\"files\":[");
    for (size_t i = 0; i < files->count; i++) {
        if (i > 0)
            write_text(writer, ",");
        write_file(writer, &files->items[i]);
    }
    write_text(writer, "]");
}

void output_files_free(struct output_files *files) {
    for (size_t i = 0; i < files->count; i++) {
        free(files->items[i].name);
        close_fd(&files->items[i].fd);
    }
    free(files->items);
    *files = (struct output_files){0};
}
