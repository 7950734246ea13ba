/* The commands that build and run the program, with their arguments and environment: the commands of the language, or
 * shell commands in the payload. */
#include <string.h>
#include <unistd.h>

#include "runner.h"

static const char RUNNER_PREFIX[] = "RUNONCE_";

static int add_variables(struct strings *variables, yyjson_val *object) {
    size_t index, count;
    yyjson_val *key, *value;
    yyjson_obj_foreach(object, index, count, key, value) {
        if (strings_set_variable(variables, yyjson_get_str(key), yyjson_get_str(value)) < 0)
            return -1;
    }
    return 0;
}

int command_terminal(struct strings *variables) {
    for (size_t i = 0; i < variables->count; i++)
        if (strncmp(variables->items[i], "TERM=", 5) == 0)
            return 0;
    return strings_set_variable(variables, "TERM", "xterm-256color");
}

int command_environment(const struct language *language, yyjson_val *program_env, struct strings *variables) {
    for (char **variable = environ; *variable != NULL; variable++) {
        if (strncmp(*variable, RUNNER_PREFIX, sizeof RUNNER_PREFIX - 1) == 0)
            continue;
        if (strings_add(variables, *variable, strlen(*variable)) < 0)
            return -1;
    }
    return add_variables(variables, language->env) < 0 ? -1 : add_variables(variables, program_env);
}

static int add_arguments(yyjson_val *arguments, struct strings *argv) {
    size_t index, count;
    yyjson_val *argument;
    yyjson_arr_foreach(arguments, index, count, argument) {
        if (strings_add(argv, yyjson_get_str(argument), yyjson_get_len(argument)) < 0)
            return -1;
    }
    return 0;
}

/* Makes `sh -c command sh`. Arguments that are appended become $1, $2 and so on. */
static int shell_command(const char *command, struct strings *argv) {
    const char *const words[] = {"/bin/sh", "-c", command, "sh"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strings_add(argv, words[i], strlen(words[i])) < 0)
            return -1;
    return 0;
}

bool command_is_shell(const struct payload *payload) {
    return payload->command != NULL || payload->run_command != NULL;
}

/* As in glot, V1's `command` also replaces the build. */
yyjson_val *command_builds(const struct language *language, const struct payload *payload) {
    if (payload->command != NULL)
        return NULL;
    if (payload->run_command != NULL)
        return payload->build_commands;
    yyjson_val *other = payload->language == NULL ? NULL : yyjson_obj_get(language->also, payload->language);
    return other != NULL ? other : language->build;
}

int command_build(yyjson_val *command, const struct payload *payload, const char *work_dir, struct strings *argv) {
    if (yyjson_is_str(command))
        return shell_command(yyjson_get_str(command), argv);
    return language_expand(command, payload, work_dir, argv);
}

int command_run(const struct language *language, const struct payload *payload, const char *work_dir, struct strings *argv) {
    const char *command = payload->command != NULL ? payload->command : payload->run_command;
    int made = command != NULL ? shell_command(command, argv) : language_expand(language->run, payload, work_dir, argv);
    return made < 0 ? -1 : add_arguments(payload->args, argv);
}
