#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "native.h"

extern char **environ;

int words_add(struct words *words, const char *word) {
    if (words->count + 1 >= words->room) {
        size_t room = words->room * 2 + 64;
        char **list = realloc(words->list, room * sizeof *list);
        if (list == NULL)
            return -1;
        words->list = list;
        words->room = room;
    }
    words->list[words->count++] = (char *)word;
    words->list[words->count] = NULL;
    return 0;
}

int words_add_all(struct words *words, const char *const *more) {
    for (; *more != NULL; more++)
        if (words_add(words, *more) < 0)
            return -1;
    return 0;
}

static int redirect(posix_spawn_file_actions_t *actions, int from, int to) {
    return from == to ? 0 : posix_spawn_file_actions_adddup2(actions, from, to);
}

/* Until the exec, posix_spawn(3) shares the memory of this process, as vfork(2) does. fork(2) would copy page tables. */
int process_start(const struct words *words, struct streams streams, pid_t *pid) {
    posix_spawn_file_actions_t actions;
    if (posix_spawn_file_actions_init(&actions) != 0)
        return -1;
    int failed = redirect(&actions, streams.in, STDIN_FILENO) || redirect(&actions, streams.out, STDOUT_FILENO) ||
                 redirect(&actions, streams.err, STDERR_FILENO) ||
                 posix_spawn(pid, words->list[0], &actions, NULL, words->list, environ);
    (void)posix_spawn_file_actions_destroy(&actions);
    return failed ? -1 : 0;
}

int process_wait(pid_t pid) {
    int status;
    return waitpid(pid, &status, 0) < 0 ? -1 : status;
}

int process_run(const struct words *words, struct streams streams) {
    pid_t pid;
    return process_start(words, streams, &pid) < 0 ? -1 : process_wait(pid);
}

char *process_messages(int fd) {
    off_t size = lseek(fd, 0, SEEK_END);
    char *text = size < 0 ? NULL : malloc((size_t)size + 1);
    if (text == NULL)
        return NULL;
    if (pread(fd, text, (size_t)size, 0) != size) {
        free(text);
        return NULL;
    }
    text[size] = '\0';
    return text;
}
