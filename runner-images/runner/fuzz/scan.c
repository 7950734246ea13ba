/* The scan finds the same end as the parser, regardless of how the bytes are split. */
#include <stdlib.h>
#include <string.h>

#include "runner.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t scanned(const char *bytes, size_t size, size_t split, bool *ended) {
    struct scan scan = {0};
    size_t taken = scan_bytes(&scan, bytes, split);
    if (!scan.ended)
        taken += scan_bytes(&scan, bytes + split, size - split);
    *ended = scan.ended;
    return taken;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    const char *bytes = (const char *)data;
    bool whole_ended, split_ended;
    size_t split = size == 0 ? 0 : data[size - 1] % (size + 1);
    size_t taken = scanned(bytes, size, size, &whole_ended);
    if (scanned(bytes, size, split, &split_ended) != taken || whole_ended != split_ended)
        abort();
    yyjson_doc *doc = size == 0 ? NULL : yyjson_read(bytes, size, YYJSON_READ_STOP_WHEN_DONE);
    yyjson_val *root = yyjson_doc_get_root(doc);
    if ((yyjson_is_obj(root) || yyjson_is_arr(root)) && (!whole_ended || taken != yyjson_doc_get_read_size(doc)))
        abort();
    yyjson_doc_free(doc);
    return 0;
}
