/* A warm interpreter for shell programs: argv[1] says how it behaves. */
#include <arpa/inet.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { CONTROL = 3 };

static void say(const char *words, size_t size) {
    if (write(CONTROL, words, size) != (ssize_t)size)
        _exit(90);
}

static void hear(void *bytes, size_t size) {
    for (ssize_t got; size > 0; bytes = (char *)bytes + got, size -= (size_t)got)
        if ((got = read(CONTROL, bytes, size)) <= 0)
            _exit(91);
}

/* Checks the syntax with sh -n, which says on stderr what is wrong. */
static int build(const char *name) {
    int status;
    pid_t pid = fork();
    if (pid == 0) {
        close(CONTROL);
        execlp("sh", "sh", "-n", name, NULL);
        _exit(92);
    }
    if (pid < 0 || waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
        _exit(93);
    return WEXITSTATUS(status);
}

static void build_and_tell(const char *name) {
    char go;
    int code = build(name);
    if (code != 0) {
        char words[2] = {'F', (char)code};
        say(words, 2);
        _exit(code);
    }
    dprintf(STDERR_FILENO, "built %s\n", name);
    say("B", 1);
    hear(&go, 1);
    if (go != 'G')
        _exit(94);
}

int main(int argc, char **argv) {
    const char *way = argc > 1 ? argv[1] : "";
    uint32_t size;
    if (strcmp(way, "dies") == 0)
        return 1;
    if (strcmp(way, "hangs") == 0)
        pause();
    if (strcmp(way, "slow") == 0)
        usleep(300000);
    say(strcmp(way, "wrong") == 0 ? "?" : "R", 1);
    hear(&size, sizeof size);
    size = ntohl(size);
    char *names = malloc(size + 1);
    char **words = calloc(size + 3, sizeof *words);
    hear(names, size);
    if (strcmp(way, "refuses") == 0) {
        puts("not to be seen");
        fflush(stdout);
        say("P", 1);
        pause();
    }
    int there = 0;
    if (strcmp(way, "looks") == 0 && ioctl(STDIN_FILENO, FIONREAD, &there) == 0) {
        dprintf(STDOUT_FILENO, "%d bytes", there);
        return 0;
    }
    if (strcmp(way, "crashes") == 0)
        raise(SIGSEGV);
    if (strcmp(way, "build") == 0)
        build_and_tell(names);
    close(CONTROL);
    size_t count = 1;
    words[0] = "sh";
    for (char *name = names; name < names + size; name += strlen(name) + 1)
        words[count++] = name;
    setenv("WARM", "yes", 1); /* so that the tests can tell */
    execvp("sh", words);
    return 95;
}
