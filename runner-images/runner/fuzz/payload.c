/* For any bytes, the parser returns an error message, or a payload whose names, commands and limits are safe. */
#include <stdlib.h>
#include <string.h>

#include "runner.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds) {
    if (!holds)
        abort();
}

static void require_limits(const struct payload *payload) {
    struct limits limits = limits_stricter(limits_from_environment(), payload);
    require(limits.time_ns > 0 && limits.build_time_ns > 0 && limits.total_ns > 0 && limits.idle_ns > 0 && limits.output_bytes > 0);
}

/* The command must be the same as execve(2) will see it: no argument contains a NUL. */
static void require_command(const struct payload *payload) {
    static const char COMMAND[] = "[\"{main}\",\"-o{stem}\",\"{files:.c,.h}\",\"{work}\"]";
    struct strings argv = {0};
    struct language language = {0};
    size_t index, count;
    yyjson_val *argument;
    yyjson_doc *doc = yyjson_read(COMMAND, sizeof COMMAND - 1, 0);
    language.run = yyjson_doc_get_root(doc);
    require(command_run(&language, payload, "/work", &argv) == 0 && argv.items[argv.count] == NULL);
    size_t args = payload->args == NULL ? 0 : yyjson_arr_size(payload->args);
    require(argv.count >= args);
    yyjson_arr_foreach(payload->args, index, count, argument)
        require(strcmp(argv.items[argv.count - args + index], yyjson_get_str(argument)) == 0 && !has_nul(argument));
    strings_free(&argv);
    yyjson_doc_free(doc);
}

/* Each case is a payload with its own input, arguments and limits, as in cases.c. */
static void use_cases(const struct payload *payload) {
    for (size_t i = 0; i < payload->case_count; i++) {
        const struct test_case *test = &payload->cases[i];
        struct payload one = *payload;
        require(!test->has_expected || output_matches(test->expected, test->expected));
        (void)output_matches(test->input, test->expected);
        one.input = test->input;
        one.args = test->args;
        one.time_s = test->time_s;
        one.output_bytes = test->output_bytes;
        require_limits(&one);
        require_command(&one);
    }
}

static void use_outputs(const struct globs *globs) {
    require(globs->count <= MOST_GLOBS);
    for (size_t i = 0; i < globs->count; i++) {
        const struct glob *glob = &globs->items[i];
        glob_states states = glob_step(glob, glob_step(glob, glob_start(glob), "folder"), "name.txt");
        (void)(glob_is_match(glob, states) || glob_may_continue(glob, states));
    }
}

static void use(const struct payload *payload, size_t size) {
    for (size_t i = 0; i < payload->file_count; i++)
        require(payload->files[i].content_size <= size && file_name_error(payload->files[i].name, strlen(payload->files[i].name)) == NULL);
    require(payload->file_count > 0 || command_is_shell(payload));
    require(!payload->interactive || (payload->streams && payload->cases == NULL));
    require((payload->terminal.columns > 0) == (payload->terminal.rows > 0) && (payload->terminal.columns == 0 || payload->interactive));
    require((payload->cases == NULL) == (payload->case_count == 0));
    use_cases(payload);
    use_outputs(&payload->outputs);
    require_command(payload);
    require_limits(payload);
    (void)warm_can_run(payload);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct payload payload;
    char error[64] = "";
    char *bytes = malloc(size + PAYLOAD_PADDING);
    if (bytes == NULL)
        return 0;
    memcpy(bytes, data, size);
    if (payload_parse(&payload, bytes, size, error, sizeof error) == 0)
        use(&payload, size);
    else if (error[0] == '\0' || strlen(error) >= sizeof error)
        abort();
    payload_free(&payload);
    free(bytes);
    return 0;
}
