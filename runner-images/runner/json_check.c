/* The checks that several fields of the payload need. */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "runner.h"

int refuse(struct error_text error, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(error.text, error.size, format, arguments); /* a long message is truncated */
    va_end(arguments);
    return -1;
}

bool has_nul(yyjson_val *text) {
    return memchr(yyjson_get_str(text), '\0', yyjson_get_len(text)) != NULL;
}

int check_argument(yyjson_val *value, const char *field, struct error_text error) {
    if (!yyjson_is_str(value))
        return refuse(error, "%s: must be a string", field);
    if (has_nul(value))
        return refuse(error, "%s: must not contain NUL characters", field);
    return 0;
}

int check_arguments(yyjson_val *list, const char *field, struct error_text error) {
    if (!yyjson_is_arr(list))
        return refuse(error, "%s: must be an array of strings", field);
    size_t index, count;
    yyjson_val *value;
    yyjson_arr_foreach(list, index, count, value) {
        char name[128];
        (void)snprintf(name, sizeof name, "%s[%zu]", field, index);
        if (check_argument(value, name, error) < 0)
            return -1;
    }
    return 0;
}

int take_flag(yyjson_val *object, const char *name, bool *flag, struct error_text error) {
    yyjson_val *value = last_of(object, name);
    if (value != NULL && !yyjson_is_bool(value))
        return refuse(error, "%s: must be a boolean", name);
    *flag = yyjson_is_true(value);
    return 0;
}

int take_seconds(yyjson_val *limits, const char *field, const char *name, double *seconds, struct error_text error) {
    yyjson_val *value = last_of(limits, name);
    if (value == NULL)
        return 0;
    if (!yyjson_is_num(value) || !(yyjson_get_num(value) > 0))
        return refuse(error, "%s.%s: must be a number of seconds greater than 0", field, name);
    *seconds = yyjson_get_num(value);
    return 0;
}

int take_byte_count(yyjson_val *limits, const char *field, const char *name, uint64_t *bytes, struct error_text error) {
    yyjson_val *value = last_of(limits, name);
    if (value == NULL)
        return 0;
    double number = yyjson_get_num(value);
    if (!yyjson_is_num(value) || number < 1 || number != floor(number))
        return refuse(error, "%s.%s: must be an integer number of bytes greater than 0", field, name);
    /* A value of 2^63 or more does not fit into the integer type, and is too large to limit anything. */
    *bytes = number >= 0x1p63 ? INT64_MAX : (uint64_t)number;
    return 0;
}

bool list_has(yyjson_val *list, const char *text) {
    size_t index, count;
    yyjson_val *item;
    yyjson_arr_foreach(list, index, count, item) {
        if (yyjson_equals_str(item, text))
            return true;
    }
    return false;
}

yyjson_val *last_of(yyjson_val *object, const char *name) {
    yyjson_val *found = NULL;
    size_t index, count;
    yyjson_val *key, *value;
    yyjson_obj_foreach(object, index, count, key, value) {
        if (yyjson_equals_str(key, name))
            found = value;
    }
    return yyjson_is_null(found) ? NULL : found;
}
