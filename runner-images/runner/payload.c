/* The payload: one JSON object, checked field by field before anything is done. */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runner.h"

/* Where the sentence goes; check functions return -1 once they have written it. */
struct fault {
    char *text;
    size_t size;
};

__attribute__((format(printf, 2, 3))) static int refuse(struct fault fault, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(fault.text, fault.size, format, arguments); /* a cut sentence is still one */
    va_end(arguments);
    return -1;
}

static bool has_nul(yyjson_val *text) {
    return memchr(yyjson_get_str(text), '\0', yyjson_get_len(text)) != NULL;
}

/* A string that goes to execve(2), where a NUL would cut it. */
static int check_argument(yyjson_val *value, const char *field, struct fault fault) {
    if (!yyjson_is_str(value))
        return refuse(fault, "%s: must be a string", field);
    if (has_nul(value))
        return refuse(fault, "%s: must hold no NUL character", field);
    return 0;
}

static int check_arguments(yyjson_val *list, const char *field, struct fault fault) {
    if (!yyjson_is_arr(list))
        return refuse(fault, "%s: must be an array of strings", field);
    size_t index, count;
    yyjson_val *value;
    yyjson_arr_foreach(list, index, count, value) {
        char name[128];
        (void)snprintf(name, sizeof name, "%s[%zu]", field, index);
        if (check_argument(value, name, fault) < 0)
            return -1;
    }
    return 0;
}

/* The last of several fields of one name counts, as for JSON.parse. */
static yyjson_val *last_of(yyjson_val *object, const char *name) {
    yyjson_val *found = NULL;
    size_t index, count;
    yyjson_val *key, *value;
    yyjson_obj_foreach(object, index, count, key, value) {
        if (yyjson_equals_str(key, name))
            found = value;
    }
    return yyjson_is_null(found) ? NULL : found;
}

static int check_file(yyjson_val *value, size_t index, struct file *file, struct fault fault) {
    if (!yyjson_is_obj(value))
        return refuse(fault, "files[%zu]: must be an object", index);
    yyjson_val *name = last_of(value, "name");
    yyjson_val *content = last_of(value, "content");
    if (!yyjson_is_str(name))
        return refuse(fault, "files[%zu].name: must be a string", index);
    const char *wrong = file_name_fault(yyjson_get_str(name), yyjson_get_len(name));
    if (wrong != NULL)
        return refuse(fault, "files[%zu].name: %s", index, wrong);
    if (!yyjson_is_str(content))
        return refuse(fault, "files[%zu].content: must be a string", index);
    file->name = yyjson_get_str(name);
    file->content = yyjson_get_str(content);
    file->content_size = yyjson_get_len(content);
    return 0;
}

static int take_files(struct payload *payload, yyjson_val *value, struct fault fault) {
    if (value == NULL)
        return refuse(fault, "files: is required");
    if (!yyjson_is_arr(value))
        return refuse(fault, "files: must be an array");
    payload->files = calloc(yyjson_arr_size(value) + 1, sizeof *payload->files);
    if (payload->files == NULL)
        return refuse(fault, "files: too many");
    size_t index, count;
    yyjson_val *file;
    yyjson_arr_foreach(value, index, count, file) {
        if (check_file(file, index, &payload->files[index], fault) < 0)
            return -1;
    }
    payload->file_count = yyjson_arr_size(value);
    return 0;
}

static int take_texts(struct payload *payload, yyjson_val *root, struct fault fault) {
    yyjson_val *language = last_of(root, "language");
    yyjson_val *input = last_of(root, "stdin");
    yyjson_val *command = last_of(root, "command");
    if (language != NULL && check_argument(language, "language", fault) < 0)
        return -1;
    if (input != NULL && !yyjson_is_str(input))
        return refuse(fault, "stdin: must be a string");
    if (command != NULL && check_argument(command, "command", fault) < 0)
        return -1;
    payload->language = yyjson_get_str(language);
    payload->input = (struct span){yyjson_get_str(input), yyjson_get_len(input)};
    payload->command = yyjson_get_len(command) == 0 ? NULL : yyjson_get_str(command);
    return 0;
}

static int take_instructions(struct payload *payload, yyjson_val *root, struct fault fault) {
    yyjson_val *instructions = last_of(root, "runInstructions");
    if (instructions == NULL)
        return 0;
    if (!yyjson_is_obj(instructions))
        return refuse(fault, "runInstructions: must be an object");
    yyjson_val *build = last_of(instructions, "buildCommands");
    yyjson_val *run = last_of(instructions, "runCommand");
    if (build != NULL && check_arguments(build, "runInstructions.buildCommands", fault) < 0)
        return -1;
    if (check_argument(run, "runInstructions.runCommand", fault) < 0)
        return -1;
    payload->build_commands = build;
    payload->run_command = yyjson_get_str(run);
    return 0;
}

static int check_variables(yyjson_val *variables, struct fault fault) {
    if (!yyjson_is_obj(variables))
        return refuse(fault, "env: must be an object");
    size_t index, count;
    yyjson_val *key, *value;
    yyjson_obj_foreach(variables, index, count, key, value) {
        const char *name = yyjson_get_str(key);
        if (name[0] == '\0' || has_nul(key) || strchr(name, '=') != NULL)
            return refuse(fault, "env: a name must not be empty and must hold no \"=\" and no NUL character");
        char field[128];
        (void)snprintf(field, sizeof field, "env.%s", name);
        if (check_argument(value, field, fault) < 0)
            return -1;
    }
    return 0;
}

static int take_seconds(yyjson_val *limits, const char *name, double *seconds, struct fault fault) {
    yyjson_val *value = last_of(limits, name);
    if (value == NULL)
        return 0;
    if (!yyjson_is_num(value) || !(yyjson_get_num(value) > 0))
        return refuse(fault, "limits.%s: must be a number of seconds above 0", name);
    *seconds = yyjson_get_num(value);
    return 0;
}

static int take_limits(struct payload *payload, yyjson_val *limits, struct fault fault) {
    if (limits == NULL)
        return 0;
    if (!yyjson_is_obj(limits))
        return refuse(fault, "limits: must be an object");
    if (take_seconds(limits, "time", &payload->time_s, fault) < 0 ||
        take_seconds(limits, "buildTime", &payload->build_time_s, fault) < 0)
        return -1;
    yyjson_val *output = last_of(limits, "output");
    if (output == NULL)
        return 0;
    double bytes = yyjson_get_num(output);
    if (!yyjson_is_num(output) || bytes < 1 || bytes != floor(bytes))
        return refuse(fault, "limits.output: must be a whole number of bytes above 0");
    /* 2^63 and above are no limit, and no integer to convert to. */
    payload->output_bytes = bytes >= 0x1p63 ? INT64_MAX : (uint64_t)bytes;
    return 0;
}

static int take_fields(struct payload *payload, yyjson_val *root, struct fault fault) {
    if (take_files(payload, last_of(root, "files"), fault) < 0 || take_texts(payload, root, fault) < 0 ||
        take_instructions(payload, root, fault) < 0 || take_limits(payload, last_of(root, "limits"), fault) < 0)
        return -1;
    payload->args = last_of(root, "args");
    payload->env = last_of(root, "env");
    if (payload->args != NULL && check_arguments(payload->args, "args", fault) < 0)
        return -1;
    if (payload->env != NULL && check_variables(payload->env, fault) < 0)
        return -1;
    if (payload->file_count == 0 && payload->command == NULL && payload->run_command == NULL)
        return refuse(fault, "files: must hold at least one file, or command or runInstructions must say what to run");
    return 0;
}

int payload_parse(struct payload *payload, char *bytes, size_t size, char *error, size_t error_size) {
    struct fault fault = {error, error_size};
    yyjson_read_err wrong;
    *payload = (struct payload){0};
    memset(bytes + size, 0, PAYLOAD_PADDING);
    payload->doc = yyjson_read_opts(bytes, size, YYJSON_READ_INSITU, NULL, &wrong);
    if (payload->doc == NULL)
        return refuse(fault, "The payload is not JSON: %s at byte %zu", wrong.msg, wrong.pos);
    yyjson_val *root = yyjson_doc_get_root(payload->doc);
    if (!yyjson_is_obj(root))
        return refuse(fault, "The payload must be a JSON object");
    return take_fields(payload, root, fault);
}

void payload_free(struct payload *payload) {
    free(payload->files);
    yyjson_doc_free(payload->doc);
    *payload = (struct payload){0};
}
