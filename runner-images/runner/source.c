/* Removes characters that editors add to source files and languages do not accept: a byte order mark at the start
 * and, for a shell, the carriage returns at line ends. Data files are not changed. */
#include <string.h>

#include "runner.h"

static const char BYTE_ORDER_MARK[] = "\xef\xbb\xbf";

static bool command_names(yyjson_val *command, const char *name) {
    size_t index, count;
    yyjson_val *argument;
    yyjson_arr_foreach(command, index, count, argument) {
        struct span suffixes = language_suffixes(argument);
        if (has_suffix(name, suffixes.data, suffixes.size))
            return true;
    }
    return false;
}

static bool commands_name(yyjson_val *commands, const char *name) {
    size_t index, count;
    yyjson_val *command;
    yyjson_arr_foreach(commands, index, count, command) {
        if (command_names(command, name))
            return true;
    }
    return false;
}

/* Whether a file has the suffix of the language's `main`, or a suffix in a command's {files:…}. */
static bool is_source(const struct language *language, const char *name) {
    const char *suffix = language->main == NULL ? NULL : strrchr(language->main, '.');
    size_t index, count;
    yyjson_val *key, *commands;
    if (suffix != NULL && has_suffix(name, suffix, strlen(suffix)))
        return true;
    yyjson_obj_foreach(language->also, index, count, key, commands) {
        if (commands_name(commands, name))
            return true;
    }
    return commands_name(language->build, name) || command_names(language->run, name);
}

static void remove_byte_order_mark(struct file *file) {
    size_t size = sizeof BYTE_ORDER_MARK - 1;
    if (file->content_size < size || memcmp(file->content, BYTE_ORDER_MARK, size) != 0)
        return;
    file->content += size;
    file->content_size -= size;
}

/* Replaces CR LF by LF. A CR elsewhere stays. */
static void remove_carriage_returns(struct file *file) {
    char *out = (char *)file->content; /* in the payload's own buffer */
    const char *end = file->content + file->content_size;
    for (const char *in = file->content; in < end; in++)
        if (!(in[0] == '\r' && in + 1 < end && in[1] == '\n'))
            *out++ = *in;
    file->content_size = (size_t)(out - file->content);
}

void source_strip(const struct language *language, struct payload *payload) {
    bool byte_order_mark = language->strip == NULL || list_has(language->strip, "bom");
    bool carriage_returns = list_has(language->strip, "crlf");
    /* If the client specifies a command, the first file may be data. */
    size_t main_files = command_is_shell(payload) ? 0 : 1;
    for (size_t i = 0; i < payload->file_count; i++) {
        struct file *file = &payload->files[i];
        if (file->is_binary || (i >= main_files && !is_source(language, file->name)))
            continue;
        if (byte_order_mark)
            remove_byte_order_mark(file);
        if (carriage_returns)
            remove_carriage_returns(file);
    }
}
