#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "runner.h"

struct parsed {
    struct payload payload;
    char *bytes;
    char error[256];
    bool accepted;
};

static struct parsed parse(const char *text) {
    struct parsed parsed = {0};
    size_t size = strlen(text);
    parsed.bytes = malloc(size + PAYLOAD_PADDING);
    memcpy(parsed.bytes, text, size);
    parsed.accepted = payload_parse(&parsed.payload, parsed.bytes, size, parsed.error, sizeof parsed.error) == 0;
    return parsed;
}

static void release(struct parsed *parsed) {
    payload_free(&parsed->payload);
    free(parsed->bytes);
}

#define MAIN "\"files\":[{\"name\":\"m\",\"content\":\"\"}]"

static const struct {
    const char *text;
    const char *error; /* the start of the message; NULL: accepted */
} PAYLOADS[] = {
    {"{" MAIN "}", NULL},
    {"{" MAIN ",\"unknown\":{\"a\":[]}}", NULL},
    {"{" MAIN ",\"stdin\":null,\"command\":null,\"language\":null,\"runInstructions\":null,\"args\":null,\"env\":null,\"limits\":null}", NULL},
    {"{" MAIN ",\"limits\":{\"time\":null,\"output\":null,\"unknown\":1}}", NULL},
    {"{\"files\":[],\"command\":\"true\"}", NULL},
    {"{\"files\":[],\"runInstructions\":{\"buildCommands\":[],\"runCommand\":\"true\"}}", NULL},
    {"{\"files\":[],\"runInstructions\":{\"runCommand\":\"true\"}}", NULL},
    {"{" MAIN ",\"limits\":{\"time\":0.25,\"buildTime\":1,\"output\":1e3}}", NULL},
    {"", "The payload is not JSON"},
    {"{\"files\":", "The payload is not JSON"},
    {"{" MAIN ",}", "The payload is not JSON"},
    {"{" MAIN ",\"stdin\":\"\\ud800\"}", "The payload is not JSON"},
    {"{" MAIN ",\"stdin\":\"\xff\"}", "The payload is not JSON"},
    {"[]", "The payload must be a JSON object"},
    {"\"files\"", "The payload must be a JSON object"},
    {"{}", "files: is required"},
    {"{\"files\":null}", "files: is required"},
    {"{\"files\":{}}", "files: must be an array"},
    {"{\"files\":[]}", "files: must contain at least one file"},
    {"{\"files\":[],\"command\":\"\"}", "files: must contain at least one file"},
    {"{\"files\":[1]}", "files[0]: must be an object"},
    {"{\"files\":[{\"content\":\"\"}]}", "files[0].name: must be a string"},
    {"{\"files\":[{\"name\":\"a\"}]}", "files[0].content: must be a string"},
    {"{\"files\":[{\"name\":\"a\",\"content\":1}]}", "files[0].content: must be a string"},
    {"{\"files\":[{\"name\":\"a\",\"content\":\"\"},{\"name\":\"../b\",\"content\":\"\"}]}", "files[1].name: must not contain \"..\""},
    {"{\"files\":[{\"name\":\"a\",\"content\":\"\",\"encoding\":\"hex\"}]}", "files[0].encoding: must be \"utf8\" or \"base64\""},
    {"{\"files\":[{\"name\":\"a\",\"content\":\"\",\"encoding\":1}]}", "files[0].encoding: must be"},
    {"{\"files\":[{\"name\":\"a\",\"content\":\"Zg\",\"encoding\":\"base64\"}]}", "files[0].content: must be base64"},
    {"{\"files\":[{\"name\":\"a\",\"content\":\"Zg\",\"encoding\":\"utf8\"}]}", NULL},
    {"{\"files\":[{\"name\":\"a\",\"content\":\"Zg\",\"encoding\":null}]}", NULL},
    {"{" MAIN ",\"stdin\":1}", "stdin: must be a string"},
    {"{" MAIN ",\"command\":[]}", "command: must be a string"},
    {"{" MAIN ",\"command\":\"a\\u0000b\"}", "command: must not contain NUL"},
    {"{" MAIN ",\"language\":1}", "language: must be a string"},
    {"{" MAIN ",\"runInstructions\":\"x\"}", "runInstructions: must be an object"},
    {"{" MAIN ",\"runInstructions\":{}}", "runInstructions.runCommand: must be a string"},
    {"{" MAIN ",\"runInstructions\":{\"runCommand\":\"a\",\"buildCommands\":\"b\"}}", "runInstructions.buildCommands: must be an array"},
    {"{" MAIN ",\"runInstructions\":{\"runCommand\":\"a\",\"buildCommands\":[\"b\",2]}}", "runInstructions.buildCommands[1]: must be a string"},
    {"{" MAIN ",\"args\":\"a\"}", "args: must be an array"},
    {"{" MAIN ",\"args\":[\"a\",null]}", "args[1]: must be a string"},
    {"{" MAIN ",\"args\":[\"a\\u0000\"]}", "args[0]: must not contain NUL"},
    {"{" MAIN ",\"env\":[]}", "env: must be an object"},
    {"{" MAIN ",\"env\":{\"A\":1}}", "env.A: must be a string"},
    {"{" MAIN ",\"env\":{\"\":\"x\"}}", "env: names"},
    {"{" MAIN ",\"env\":{\"A=B\":\"x\"}}", "env: names"},
    {"{" MAIN ",\"env\":{\"A\\u0000\":\"x\"}}", "env: names"},
    {"{" MAIN ",\"env\":{\"A\":\"\\u0000\"}}", "env.A: must not contain NUL"},
    {"{" MAIN ",\"limits\":[]}", "limits: must be an object"},
    {"{" MAIN ",\"limits\":{\"time\":0}}", "limits.time: must be"},
    {"{" MAIN ",\"limits\":{\"time\":\"1\"}}", "limits.time: must be"},
    {"{" MAIN ",\"limits\":{\"buildTime\":-1}}", "limits.buildTime: must be"},
    {"{" MAIN ",\"limits\":{\"output\":0}}", "limits.output: must be"},
    {"{" MAIN ",\"limits\":{\"output\":-5}}", "limits.output: must be"},
    {"{" MAIN ",\"limits\":{\"output\":1.5}}", "limits.output: must be"},
    {"{" MAIN ",\"limits\":{\"output\":true}}", "limits.output: must be"},
    {"{" MAIN ",\"limits\":{\"total\":0}}", "limits.total: must be"},
    {"{" MAIN ",\"outputs\":null,\"cases\":null,\"stopOnFailure\":null}", NULL},
    {"{" MAIN ",\"outputs\":[\"out/**\"]}", NULL},
    {"{" MAIN ",\"outputs\":\"a\"}", "outputs: must be an array"},
    {"{" MAIN ",\"outputs\":[\"a\",1]}", "outputs[1]: must be a string"},
    {"{" MAIN ",\"outputs\":[\"a\",\"/etc/passwd\"]}", "outputs[1]: must be a relative path"},
    {"{" MAIN ",\"outputs\":[\"../*\"]}", "outputs[0]: must not contain \"..\""},
    {"{" MAIN ",\"cases\":[{\"stdin\":\"\",\"args\":[],\"limits\":{\"time\":1,\"output\":1},\"expectedStdout\":\"\"}]}", NULL},
    {"{" MAIN ",\"cases\":[]}", "cases: must be an array of at least one case"},
    {"{" MAIN ",\"cases\":{}}", "cases: must be an array of at least one case"},
    {"{" MAIN ",\"cases\":[{},1]}", "cases[1]: must be an object"},
    {"{" MAIN ",\"cases\":[{\"stdin\":1}]}", "cases[0].stdin: must be a string"},
    {"{" MAIN ",\"cases\":[{\"expectedStdout\":1}]}", "cases[0].expectedStdout: must be a string"},
    {"{" MAIN ",\"cases\":[{\"args\":[1]}]}", "cases[0].args[0]: must be a string"},
    {"{" MAIN ",\"cases\":[{\"limits\":1}]}", "cases[0].limits: must be an object"},
    {"{" MAIN ",\"cases\":[{\"limits\":{\"time\":0}}]}", "cases[0].limits.time: must be"},
    {"{" MAIN ",\"cases\":[{\"limits\":{\"output\":0}}]}", "cases[0].limits.output: must be"},
    {"{" MAIN ",\"stopOnFailure\":1}", "stopOnFailure: must be a boolean"},
};

static void checked(void) {
    for (size_t i = 0; i < COUNT(PAYLOADS); i++) {
        struct parsed parsed = parse(PAYLOADS[i].text);
        const char *error = PAYLOADS[i].error;
        EXPECT_IN(parsed.accepted == (error == NULL), "%s: %s", PAYLOADS[i].text, parsed.error);
        EXPECT_IN(error == NULL || strncmp(parsed.error, error, strlen(error)) == 0, "%s: %s", PAYLOADS[i].text, parsed.error);
        release(&parsed);
    }
}

static void fields(void) {
    struct parsed parsed = parse("{\"files\":[{\"name\":\"d/m\xc3\xa4in\",\"content\":\"a\\u0000b\"}],\"stdin\":\"\\u0000x\","
                                 "\"language\":\"py\",\"args\":[\"1\",\"\"],\"limits\":{\"time\":0.5,\"buildTime\":2,\"output\":99}}");
    struct payload *payload = &parsed.payload;
    EXPECT(parsed.accepted);
    EXPECT(payload->file_count == 1 && strcmp(payload->files[0].name, "d/m\xc3\xa4in") == 0);
    EXPECT(payload->files[0].content_size == 3 && memcmp(payload->files[0].content, "a\0b", 3) == 0);
    EXPECT(payload->input.size == 2 && memcmp(payload->input.data, "\0x", 2) == 0);
    EXPECT(strcmp(payload->language, "py") == 0 && payload->command == NULL && payload->run_command == NULL);
    EXPECT(yyjson_arr_size(payload->args) == 2);
    EXPECT(payload->time_s > 0.49 && payload->time_s < 0.51 && payload->build_time_s > 1.9 && payload->output_bytes == 99);
    release(&parsed);
}

static void binary_files(void) {
    struct parsed parsed = parse("{\"files\":[{\"name\":\"a\",\"content\":\"AP8\\u003d\",\"encoding\":\"base64\"},"
                                 "{\"name\":\"b\",\"content\":\"AP8=\"}]}");
    struct file *files = parsed.payload.files;
    EXPECT(parsed.accepted && parsed.payload.file_count == 2);
    EXPECT(files[0].is_binary && files[0].content_size == 2 && memcmp(files[0].content, "\0\xff", 2) == 0);
    EXPECT(!files[1].is_binary && is_text(files[1].content, files[1].content_size, "AP8="));
    release(&parsed);
}

static void last_field_counts(void) {
    struct parsed parsed = parse("{\"files\":[],\"command\":\"a\"," MAIN ",\"command\":\"b\"}");
    EXPECT(parsed.accepted && parsed.payload.file_count == 1 && strcmp(parsed.payload.command, "b") == 0);
    release(&parsed);
}

static void names_are_cut_in_errors(void) {
    char text[2048] = "{" MAIN ",\"env\":{\"";
    memset(text + strlen(text), 'N', 1500);
    strcat(text, "\":1}}");
    struct parsed parsed = parse(text);
    EXPECT(!parsed.accepted && strncmp(parsed.error, "env.NNN", 7) == 0);
    release(&parsed);
}

void payload_tests(void) {
    test("a valid payload is accepted, and the error of an invalid payload names the field", checked);
    test("the fields of a payload are read", fields);
    test("the content of a file may be base64", binary_files);
    test("if two fields have the same name, the last one applies", last_field_counts);
    test("a long name in a refused payload is truncated in the error", names_are_cut_in_errors);
}
