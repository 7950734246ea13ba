#include <string.h>

#include "outputs_scene.h"

struct output_files outputs_of(int dir_fd, const char *const patterns[], struct output_limits left) {
    struct glob globs[4];
    struct globs list = {globs, 0};
    struct output_files files = {0};
    for (; patterns[list.count] != NULL; list.count++)
        EXPECT(glob_parse(&globs[list.count], patterns[list.count], strlen(patterns[list.count])) == NULL);
    outputs_find(&list, dir_fd, &left, &files);
    return files;
}

char *outputs_json(struct output_files *files) {
    size_t size;
    struct writer writer = {.fd = memory_file()};
    output_files_write(&writer, files);
    EXPECT(write_flush(&writer) == 0);
    output_files_free(files);
    return written_to(writer.fd, &size);
}
