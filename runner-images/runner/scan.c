/* Finds the end of the payload byte by byte, without parsing it, so that the client does not have to close its side. */
#include "runner.h"

static bool is_space(char byte) {
    return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r';
}

static void scan_string_byte(struct scan *scan, char byte) {
    if (scan->escaped)
        scan->escaped = false;
    else if (byte == '\\')
        scan->escaped = true;
    else if (byte == '"') {
        scan->in_string = false;
        scan->ended = scan->depth == 0;
    }
}

static void scan_byte(struct scan *scan, char byte) {
    if (scan->in_string) {
        scan_string_byte(scan, byte);
        return;
    }
    if (!scan->started && is_space(byte))
        return;
    bool first = !scan->started;
    scan->started = true;
    switch (byte) {
    case '"':
        scan->in_string = true;
        break;
    case '{':
    case '[':
        scan->depth++;
        break;
    case '}':
    case ']':
        /* The parser rejects a bracket of the wrong kind, and a closing bracket at the start. */
        scan->depth -= scan->depth > 0;
        scan->ended = scan->depth == 0;
        break;
    default:
        /* A value that starts in this way cannot be a payload, so the runner does not wait for more bytes. */
        scan->ended = first;
    }
}

size_t scan_bytes(struct scan *scan, const char *bytes, size_t size) {
    size_t taken = 0;
    while (taken < size && !scan->ended)
        scan_byte(scan, bytes[taken++]);
    return taken;
}
