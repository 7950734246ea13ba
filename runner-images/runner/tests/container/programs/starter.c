/* A warm interpreter for shell programs. argv[1] selects its behaviour. */
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

static void send_message(const char *bytes, size_t size) {
    if (write(CONTROL, bytes, size) != (ssize_t)size)
        _exit(90);
}

static void receive(void *bytes, size_t size) {
    for (ssize_t got; size > 0; bytes = (char *)bytes + got, size -= (size_t)got)
        if ((got = read(CONTROL, bytes, size)) <= 0)
            _exit(91);
}

/* Checks the syntax with sh -n, which writes errors to stderr. */
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

static void build_and_report(const char *name) {
    char go;
    int code = build(name);
    if (code != 0) {
        char message[2] = {'F', (char)code};
        send_message(message, 2);
        _exit(code);
    }
    dprintf(STDERR_FILENO, "built %s\n", name);
    send_message("B", 1);
    receive(&go, 1);
    if (go != 'G')
        _exit(94);
}

int main(int argc, char **argv) {
    const char *behaviour = argc > 1 ? argv[1] : "";
    uint32_t size;
    if (strcmp(behaviour, "dies") == 0)
        return 1;
    if (strcmp(behaviour, "hangs") == 0)
        pause();
    if (strcmp(behaviour, "slow") == 0)
        usleep(300000);
    send_message(strcmp(behaviour, "wrong") == 0 ? "?" : "R", 1);
    receive(&size, sizeof size);
    size = ntohl(size);
    char *names = malloc(size + 1);
    char **words = calloc(size + 3, sizeof *words);
    receive(names, size);
    if (strcmp(behaviour, "refuses") == 0) {
        puts("must not be visible");
        fflush(stdout);
        send_message("P", 1);
        pause();
    }
    if (strcmp(behaviour, "stuck") == 0)
        pause();
    int available = 0;
    if (strcmp(behaviour, "looks") == 0 && ioctl(STDIN_FILENO, FIONREAD, &available) == 0) {
        dprintf(STDOUT_FILENO, "%d bytes", available);
        return 0;
    }
    if (strcmp(behaviour, "crashes") == 0)
        raise(SIGSEGV);
    if (strcmp(behaviour, "build") == 0)
        build_and_report(names);
    close(CONTROL);
    size_t count = 1;
    words[0] = "sh";
    for (char *name = names; name < names + size; name += strlen(name) + 1)
        words[count++] = name;
    setenv("WARM", "yes", 1); /* the tests search for this name */
    execvp("sh", words);
    return 95;
}
