/* Parses the payload, one JSON object, and checks every field before anything runs. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runner.h"

/* Decodes the content in the payload's own buffer. */
static int decode_content(yyjson_val *encoding, size_t index, struct file *file, struct error_text error) {
    if (encoding == NULL || yyjson_equals_str(encoding, "utf8"))
        return 0;
    if (!yyjson_equals_str(encoding, "base64"))
        return refuse(error, "files[%zu].encoding: must be \"utf8\" or \"base64\"", index);
    ssize_t size = base64_decode((char *)file->content, file->content_size);
    if (size < 0)
        return refuse(error, "files[%zu].content: must be base64", index);
    file->content_size = (size_t)size;
    file->is_binary = true;
    return 0;
}

static int check_file(yyjson_val *value, size_t index, struct file *file, struct error_text error) {
    if (!yyjson_is_obj(value))
        return refuse(error, "files[%zu]: must be an object", index);
    yyjson_val *name = last_of(value, "name");
    yyjson_val *content = last_of(value, "content");
    if (!yyjson_is_str(name))
        return refuse(error, "files[%zu].name: must be a string", index);
    const char *wrong = file_name_error(yyjson_get_str(name), yyjson_get_len(name));
    if (wrong != NULL)
        return refuse(error, "files[%zu].name: %s", index, wrong);
    if (!yyjson_is_str(content))
        return refuse(error, "files[%zu].content: must be a string", index);
    file->name = yyjson_get_str(name);
    file->content = yyjson_get_str(content);
    file->content_size = yyjson_get_len(content);
    return decode_content(last_of(value, "encoding"), index, file, error);
}

static int take_files(struct payload *payload, yyjson_val *value, struct error_text error) {
    if (value == NULL)
        return refuse(error, "files: is required");
    if (!yyjson_is_arr(value))
        return refuse(error, "files: must be an array");
    payload->files = calloc(yyjson_arr_size(value) + 1, sizeof *payload->files);
    if (payload->files == NULL)
        return refuse(error, "files: too many");
    size_t index, count;
    yyjson_val *file;
    yyjson_arr_foreach(value, index, count, file) {
        if (check_file(file, index, &payload->files[index], error) < 0)
            return -1;
    }
    payload->file_count = yyjson_arr_size(value);
    return 0;
}

static int take_text(yyjson_val *object, const char *name, const char **text, struct error_text error) {
    yyjson_val *value = last_of(object, name);
    if (value != NULL && check_argument(value, name, error) < 0)
        return -1;
    *text = yyjson_get_str(value);
    return 0;
}

static int take_texts(struct payload *payload, yyjson_val *root, struct error_text error) {
    yyjson_val *input = last_of(root, "stdin");
    if (input != NULL && !yyjson_is_str(input))
        return refuse(error, "stdin: must be a string");
    payload->input = (struct span){yyjson_get_str(input), yyjson_get_len(input)};
    if (take_text(root, "language", &payload->language, error) < 0 || take_text(root, "command", &payload->command, error) < 0)
        return -1;
    if (payload->command != NULL && payload->command[0] == '\0')
        payload->command = NULL; /* as in glot */
    return 0;
}

static int take_instructions(struct payload *payload, yyjson_val *root, struct error_text error) {
    yyjson_val *instructions = last_of(root, "runInstructions");
    if (instructions == NULL)
        return 0;
    if (!yyjson_is_obj(instructions))
        return refuse(error, "runInstructions: must be an object");
    yyjson_val *build = last_of(instructions, "buildCommands");
    yyjson_val *run = last_of(instructions, "runCommand");
    if (build != NULL && check_arguments(build, "runInstructions.buildCommands", error) < 0)
        return -1;
    if (check_argument(run, "runInstructions.runCommand", error) < 0)
        return -1;
    payload->build_commands = build;
    payload->run_command = yyjson_get_str(run);
    return 0;
}

static int check_variables(yyjson_val *variables, struct error_text error) {
    if (!yyjson_is_obj(variables))
        return refuse(error, "env: must be an object");
    size_t index, count;
    yyjson_val *key, *value;
    yyjson_obj_foreach(variables, index, count, key, value) {
        const char *name = yyjson_get_str(key);
        if (name[0] == '\0' || has_nul(key) || strchr(name, '=') != NULL)
            return refuse(error, "env: names must not be empty or contain \"=\" or NUL characters");
        char field[128];
        (void)snprintf(field, sizeof field, "env.%s", name);
        if (check_argument(value, field, error) < 0)
            return -1;
    }
    return 0;
}

static int take_limits(struct payload *payload, yyjson_val *limits, struct error_text error) {
    if (limits == NULL)
        return 0;
    if (!yyjson_is_obj(limits))
        return refuse(error, "limits: must be an object");
    if (take_seconds(limits, "limits", "time", &payload->time_s, error) < 0 ||
        take_seconds(limits, "limits", "buildTime", &payload->build_time_s, error) < 0 ||
        take_seconds(limits, "limits", "total", &payload->total_s, error) < 0 ||
        take_seconds(limits, "limits", "idle", &payload->idle_s, error) < 0)
        return -1;
    return take_byte_count(limits, "limits", "output", &payload->output_bytes, error);
}

static int take_interactive(struct payload *payload, yyjson_val *root, struct error_text error) {
    yyjson_val *tty = last_of(root, "tty");
    if (take_flag(root, "stream", &payload->streams, error) < 0 || take_flag(root, "interactive", &payload->interactive, error) < 0)
        return -1;
    payload->streams = payload->streams || payload->interactive;
    if (tty != NULL && !payload->interactive)
        return refuse(error, "tty: is only possible with interactive");
    if (tty != NULL && !terminal_parse(&payload->terminal, tty))
        return refuse(error, "tty: must be an object with columns and rows, integers from 1 to 65535");
    if (payload->interactive && last_of(root, "cases") != NULL)
        return refuse(error, "cases: are not possible with interactive");
    return 0;
}

static int take_fields(struct payload *payload, yyjson_val *root, struct error_text error) {
    /* This comes first, because an error in another field is also reported as an event if the payload requests events.
     * */
    if (take_interactive(payload, root, error) < 0)
        return -1;
    if (take_files(payload, last_of(root, "files"), error) < 0 || take_texts(payload, root, error) < 0 ||
        take_instructions(payload, root, error) < 0 || take_limits(payload, last_of(root, "limits"), error) < 0)
        return -1;
    payload->args = last_of(root, "args");
    payload->env = last_of(root, "env");
    if (payload->args != NULL && check_arguments(payload->args, "args", error) < 0)
        return -1;
    if (payload->env != NULL && check_variables(payload->env, error) < 0)
        return -1;
    if (take_outputs(payload, last_of(root, "outputs"), error) < 0 || take_cases(payload, root, error) < 0)
        return -1;
    if (payload->file_count == 0 && payload->command == NULL && payload->run_command == NULL)
        return refuse(error, "files: must contain at least one file unless command or runInstructions is set");
    return 0;
}

int payload_parse(struct payload *payload, char *bytes, size_t size, char *error, size_t error_size) {
    struct error_text error_text = {error, error_size};
    yyjson_read_err wrong;
    *payload = (struct payload){0};
    memset(bytes + size, 0, PAYLOAD_PADDING);
    payload->doc = yyjson_read_opts(bytes, size, YYJSON_READ_INSITU, NULL, &wrong);
    if (payload->doc == NULL)
        return refuse(error_text, "The payload is not JSON: %s at byte %zu", wrong.msg, wrong.pos);
    yyjson_val *root = yyjson_doc_get_root(payload->doc);
    if (!yyjson_is_obj(root))
        return refuse(error_text, "The payload must be a JSON object");
    return take_fields(payload, root, error_text);
}

void payload_free(struct payload *payload) {
    free(payload->files);
    free(payload->outputs.items);
    free(payload->cases);
    yyjson_doc_free(payload->doc);
    *payload = (struct payload){0};
}
