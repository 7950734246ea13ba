/* For any bytes, the parser returns an error message, or a payload whose names, commands and limits are safe. */
#include <stdlib.h>
#include <string.h>

#include "runner.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void use(const struct payload *payload, size_t size) {
    static const char COMMAND[] = "[\"{main}\",\"-o{stem}\",\"{files:.c,.h}\",\"{work}\"]";
    struct strings argv = {0};
    struct language language = {0};
    yyjson_doc *doc = yyjson_read(COMMAND, sizeof COMMAND - 1, 0);
    language.run = yyjson_doc_get_root(doc);
    for (size_t i = 0; i < payload->file_count; i++)
        if (payload->files[i].content_size > size || file_name_error(payload->files[i].name, strlen(payload->files[i].name)) != NULL)
            abort();
    for (size_t i = 0; i < payload->case_count; i++) {
        const struct test_case *test = &payload->cases[i];
        if (test->time_s < 0 || (test->has_expected && !output_matches(test->expected, test->expected)))
            abort();
        (void)output_matches(test->input, test->expected);
    }
    for (size_t i = 0; i < payload->outputs.count; i++)
        (void)glob_step(&payload->outputs.items[i], glob_start(&payload->outputs.items[i]), "name.txt");
    if (payload->file_count == 0 && !command_is_shell(payload))
        abort();
    if (command_run(&language, payload, "/work", &argv) < 0 || argv.items[argv.count] != NULL)
        abort();
    struct limits limits = limits_stricter(limits_from_environment(), payload);
    if (limits.time_ns <= 0 || limits.build_time_ns <= 0 || limits.output_bytes == 0)
        abort();
    (void)warm_can_run(payload);
    strings_free(&argv);
    yyjson_doc_free(doc);
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
