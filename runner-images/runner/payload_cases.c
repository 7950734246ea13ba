/* Parses the payload's `outputs` and `cases`. */
#include <stdio.h>
#include <stdlib.h>

#include "runner.h"

int take_outputs(struct payload *payload, yyjson_val *list, struct error_text error) {
    if (list == NULL)
        return 0;
    if (check_arguments(list, "outputs", error) < 0)
        return -1;
    if (yyjson_arr_size(list) > MOST_GLOBS)
        return refuse(error, "outputs: must not contain more than %d patterns", MOST_GLOBS);
    payload->has_outputs = true;
    payload->outputs.items = calloc(yyjson_arr_size(list) + 1, sizeof *payload->outputs.items);
    if (payload->outputs.items == NULL)
        return refuse(error, "outputs: too many");
    size_t index, count;
    yyjson_val *pattern;
    yyjson_arr_foreach(list, index, count, pattern) {
        const char *wrong = glob_parse(&payload->outputs.items[index], yyjson_get_str(pattern), yyjson_get_len(pattern));
        if (wrong != NULL)
            return refuse(error, "outputs[%zu]: %s", index, wrong);
        payload->outputs.count++;
    }
    return 0;
}

static int take_case_text(yyjson_val *value, const char *field, size_t index, struct span *text, struct error_text error) {
    if (value != NULL && !yyjson_is_str(value))
        return refuse(error, "cases[%zu].%s: must be a string", index, field);
    if (value != NULL)
        *text = (struct span){yyjson_get_str(value), yyjson_get_len(value)};
    return 0;
}

static int take_case_limits(struct test_case *test, yyjson_val *limits, size_t index, struct error_text error) {
    char field[48];
    (void)snprintf(field, sizeof field, "cases[%zu].limits", index);
    if (limits == NULL)
        return 0;
    if (!yyjson_is_obj(limits))
        return refuse(error, "%s: must be an object", field);
    if (take_seconds(limits, field, "time", &test->time_s, error) < 0)
        return -1;
    return take_byte_count(limits, field, "output", &test->output_bytes, error);
}

/* A case without stdin or args gets those of the payload. */
static int take_case(const struct payload *payload, struct test_case *test, yyjson_val *value, size_t index, struct error_text error) {
    char field[48];
    if (!yyjson_is_obj(value))
        return refuse(error, "cases[%zu]: must be an object", index);
    *test = (struct test_case){.input = payload->input, .args = payload->args};
    yyjson_val *args = last_of(value, "args");
    yyjson_val *expected = last_of(value, "expectedStdout");
    (void)snprintf(field, sizeof field, "cases[%zu].args", index);
    if (args != NULL && check_arguments(args, field, error) < 0)
        return -1;
    if (args != NULL)
        test->args = args;
    test->has_expected = expected != NULL;
    if (take_case_text(last_of(value, "stdin"), "stdin", index, &test->input, error) < 0 ||
        take_case_text(expected, "expectedStdout", index, &test->expected, error) < 0)
        return -1;
    return take_case_limits(test, last_of(value, "limits"), index, error);
}

int take_cases(struct payload *payload, yyjson_val *root, struct error_text error) {
    yyjson_val *list = last_of(root, "cases");
    if (take_flag(root, "stopOnFailure", &payload->stops_on_failure, error) < 0)
        return -1;
    if (list == NULL)
        return 0;
    if (!yyjson_is_arr(list) || yyjson_arr_size(list) == 0)
        return refuse(error, "cases: must be an array of at least one case");
    payload->cases = calloc(yyjson_arr_size(list), sizeof *payload->cases);
    if (payload->cases == NULL)
        return refuse(error, "cases: too many");
    size_t index, count;
    yyjson_val *value;
    yyjson_arr_foreach(list, index, count, value) {
        if (take_case(payload, &payload->cases[index], value, index, error) < 0)
            return -1;
    }
    payload->case_count = yyjson_arr_size(list);
    return 0;
}
