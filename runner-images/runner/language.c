/* Loads /etc/runonce/language.json, the image's language, and expands the placeholders in its commands.
 * runner-images/languages/README.md documents the file. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runner.h"

static bool is_string(yyjson_val *value) {
    return yyjson_is_str(value);
}

static bool is_list_of(yyjson_val *list, bool (*is_item)(yyjson_val *)) {
    size_t index, count;
    yyjson_val *value;
    if (!yyjson_is_arr(list))
        return false;
    yyjson_arr_foreach(list, index, count, value) {
        if (!is_item(value))
            return false;
    }
    return true;
}

static bool is_command(yyjson_val *list) {
    return is_list_of(list, is_string) && yyjson_arr_size(list) > 0;
}

static bool is_list_of_commands(yyjson_val *list) {
    return is_list_of(list, is_command);
}

static bool is_object_of(yyjson_val *object, bool (*is_member)(yyjson_val *)) {
    size_t index, count;
    yyjson_val *key, *value;
    if (!yyjson_is_obj(object))
        return false;
    yyjson_obj_foreach(object, index, count, key, value) {
        if (!is_member(value))
            return false;
    }
    return true;
}

/* The name of the first field that is missing or has a wrong type, or NULL. */
static const char *wrong_field(const struct language *language) {
    if (language->name == NULL)
        return "name";
    if (language->aliases != NULL && !is_list_of(language->aliases, is_string))
        return "aliases";
    if (language->also != NULL && !is_object_of(language->also, is_list_of_commands))
        return "also";
    if (language->build != NULL && !is_list_of_commands(language->build))
        return "build";
    if (!is_command(language->run))
        return "run";
    if (language->warm != NULL && !is_command(language->warm))
        return "warm";
    if (language->env != NULL && !is_object_of(language->env, is_string))
        return "env";
    if (language->strip != NULL && !is_list_of(language->strip, is_string))
        return "strip";
    return NULL;
}

int language_load(struct language *language, const char *path, char *error, size_t error_size) {
    yyjson_read_err wrong;
    *language = (struct language){0};
    language->doc = yyjson_read_file(path, 0, NULL, &wrong);
    if (language->doc == NULL) {
        (void)snprintf(error, error_size, "%s: %s", path, wrong.msg);
        return -1;
    }
    yyjson_val *root = yyjson_doc_get_root(language->doc);
    language->name = yyjson_get_str(yyjson_obj_get(root, "name"));
    language->main = yyjson_get_str(yyjson_obj_get(root, "main"));
    language->aliases = yyjson_obj_get(root, "aliases");
    language->also = yyjson_obj_get(root, "also");
    language->build = yyjson_obj_get(root, "build");
    language->run = yyjson_obj_get(root, "run");
    language->warm = yyjson_obj_get(root, "warm");
    language->env = yyjson_obj_get(root, "env");
    language->strip = yyjson_obj_get(root, "strip");
    const char *field = wrong_field(language);
    if (field == NULL)
        return 0;
    (void)snprintf(error, error_size, "%s: %s is missing or has a wrong type", path, field);
    language_free(language);
    return -1;
}

void language_free(struct language *language) {
    yyjson_doc_free(language->doc);
    *language = (struct language){0};
}

bool language_matches(const struct language *language, const char *name) {
    return (language->name != NULL && strcmp(language->name, name) == 0) || yyjson_obj_get(language->also, name) != NULL ||
           list_has(language->aliases, name);
}

/* The prefix for a file name as an argument. Without it, a name that begins with - would be an option. */
static const char *safe_prefix(const char *name) {
    return name[0] == '-' ? "./" : "";
}

/* The length of a name without its last suffix. A leading dot does not start a suffix. */
static size_t stem_size(const char *name) {
    const char *slash = strrchr(name, '/');
    const char *base = slash == NULL ? name : slash + 1;
    const char *dot = strrchr(base, '.');
    return dot == NULL || dot == base ? strlen(name) : (size_t)(dot - name);
}

bool has_suffix(const char *name, const char *suffixes, size_t size) {
    size_t name_size = strlen(name);
    for (size_t at = 0; at < size;) {
        const char *comma = memchr(suffixes + at, ',', size - at);
        size_t length = comma == NULL ? size - at : (size_t)(comma - suffixes) - at;
        if (length > 0 && length <= name_size && memcmp(name + name_size - length, suffixes + at, length) == 0)
            return true;
        at += length + 1;
    }
    return false;
}

static int expand_files(const struct payload *payload, const char *suffixes, size_t size, struct strings *argv) {
    for (size_t i = 0; i < payload->file_count; i++) {
        const struct file *file = &payload->files[i];
        if (i > 0 && (file->repeated || !has_suffix(file->name, suffixes, size)))
            continue;
        if (strings_addf(argv, "%s%s", safe_prefix(file->name), file->name) < 0)
            return -1;
    }
    return 0;
}

/* Writes the value of the placeholder at the start of text. Returns the length of the placeholder, or 0 if text does
 * not start with one. */
static size_t expand_placeholder(FILE *out, const char *text, const struct payload *payload, const char *work_dir) {
    const char *main_name = payload->file_count > 0 ? payload->files[0].name : "";
    if (strncmp(text, "{main}", 6) == 0)
        fprintf(out, "%s%s", safe_prefix(main_name), main_name);
    else if (strncmp(text, "{stem}", 6) == 0)
        fprintf(out, "%s%.*s", safe_prefix(main_name), (int)stem_size(main_name), main_name);
    else if (strncmp(text, "{work}", 6) == 0)
        fputs(work_dir, out);
    else
        return 0;
    return 6;
}

static int expand_argument(const char *text, const struct payload *payload, const char *work_dir, struct strings *argv) {
    char *expanded = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&expanded, &size);
    if (out == NULL)
        return -1;
    while (*text != '\0') {
        size_t taken = expand_placeholder(out, text, payload, work_dir);
        if (taken == 0)
            fputc(*text, out);
        text += taken == 0 ? 1 : taken;
    }
    int result = fclose(out) == 0 ? strings_add(argv, expanded, size) : -1;
    free(expanded);
    return result;
}

struct span language_suffixes(yyjson_val *argument) {
    static const char FILES[] = "{files:";
    const char *text = yyjson_get_str(argument);
    size_t size = yyjson_get_len(argument), start = sizeof FILES - 1;
    bool files = size > start && strncmp(text, FILES, start) == 0 && text[size - 1] == '}';
    return files ? (struct span){text + start, size - start - 1} : (struct span){NULL, 0};
}

int language_expand(yyjson_val *command, const struct payload *payload, const char *work_dir, struct strings *argv) {
    size_t index, count;
    yyjson_val *argument;
    yyjson_arr_foreach(command, index, count, argument) {
        struct span suffixes = language_suffixes(argument);
        int result = suffixes.data != NULL ? expand_files(payload, suffixes.data, suffixes.size, argv)
                                           : expand_argument(yyjson_get_str(argument), payload, work_dir, argv);
        if (result < 0)
            return -1;
    }
    return 0;
}
