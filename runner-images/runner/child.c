/* Starts a command: a process that has nothing of the runner but its pipes. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "runner.h"

/* Fewer switches between program and runner. More would be taken from what pipe(7) grants a uid in all containers. */
enum { PIPE_BYTES = 262144 };
enum { EXIT_CANT_EXECUTE = 126, EXIT_NOT_FOUND = 127 };

const struct child NO_CHILD = {.pid = -1, .pid_fd = -1, .input_fd = -1, .output_fds = {-1, -1}};

static void close_fd(int *fd) {
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

static void close_pipes(int pipes[3][2]) {
    for (int i = 0; i < 3; i++) {
        close_fd(&pipes[i][0]);
        close_fd(&pipes[i][1]);
    }
}

static int open_pipes(int pipes[3][2]) {
    for (int i = 0; i < 3; i++)
        if (pipe2(pipes[i], O_CLOEXEC) < 0)
            return -1;
    return 0;
}

/* Only our ends are non-blocking: the flag belongs to an end, so the program's stay as it expects them. */
static int keep_own_ends(struct child *child, int pipes[3][2]) {
    int *own[3] = {&pipes[0][1], &pipes[1][0], &pipes[2][0]};
    for (int i = 0; i < 3; i++) {
        if (fcntl(*own[i], F_SETFL, O_NONBLOCK) < 0)
            return -1;
        (void)fcntl(*own[i], F_SETPIPE_SZ, PIPE_BYTES); /* a limit of the uid may refuse it */
    }
    child->input_fd = pipes[0][1];
    child->output_fds[STREAM_OUT] = pipes[1][0];
    child->output_fds[STREAM_ERR] = pipes[2][0];
    pipes[0][1] = pipes[1][0] = pipes[2][0] = -1;
    return 0;
}

static void reset_signals(void) {
    for (int number = 1; number < NSIG; number++)
        (void)signal(number, SIG_DFL); /* KILL, STOP and libc's own refuse; they are as they should be */
    sigset_t none;
    sigemptyset(&none);
    (void)sigprocmask(SIG_SETMASK, &none, NULL);
}

/* The kernel's choice under memory pressure must not be process 1. The write needs a dumpable process, proc(5). */
static void prefer_for_oom(void) {
    (void)prctl(PR_SET_DUMPABLE, 1);
    int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
    if (fd < 0)
        return;
    (void)!write(fd, "1000", 4); /* best effort */
    close(fd);
}

static void become(int pipes[3][2], char *const argv[], char *const envp[]) __attribute__((noreturn));

static void become(int pipes[3][2], char *const argv[], char *const envp[]) {
    struct rlimit no_core = {0, 0};
    (void)setsid(); /* a fresh child leads no group, so it can't fail */
    if (dup2(pipes[0][0], STDIN_FILENO) < 0 || dup2(pipes[1][1], STDOUT_FILENO) < 0 ||
        dup2(pipes[2][1], STDERR_FILENO) < 0)
        _exit(EXIT_CANT_EXECUTE);
    (void)setrlimit(RLIMIT_CORE, &no_core);
    prefer_for_oom();
    reset_signals();
    (void)prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    (void)guard_install(); /* a kernel without seccomp runs the program as `docker run` would */
    execvpe(argv[0], argv, envp);
    int error = errno;
    dprintf(STDERR_FILENO, "%s: %s\n", argv[0], error == ENOENT ? "not found" : strerror(error));
    _exit(error == ENOENT ? EXIT_NOT_FOUND : EXIT_CANT_EXECUTE);
}

int child_start(struct child *child, char *const argv[], char *const envp[]) {
    int pipes[3][2] = {{-1, -1}, {-1, -1}, {-1, -1}};
    *child = NO_CHILD;
    if (open_pipes(pipes) < 0 || keep_own_ends(child, pipes) < 0)
        goto failed;
    child->pid = fork();
    if (child->pid == 0)
        become(pipes, argv, envp);
    if (child->pid < 0)
        goto failed;
    /* Absent on old kernels and in gVisor: SIGCHLD alone tells then. */
    child->pid_fd = (int)syscall(SYS_pidfd_open, child->pid, 0);
    close_pipes(pipes);
    return 0;
failed:;
    int error = errno;
    close_pipes(pipes);
    child_close(child);
    errno = error;
    return -1;
}

void child_close(struct child *child) {
    close_fd(&child->pid_fd);
    close_fd(&child->input_fd);
    close_fd(&child->output_fds[STREAM_OUT]);
    close_fd(&child->output_fds[STREAM_ERR]);
}
