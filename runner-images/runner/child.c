/* Starts a command in a process that shares only its pipes with the runner. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "runner.h"

/* A larger pipe means fewer context switches between program and runner. The kernel limits the pages of all pipes of
 * one user ID, in all containers together (pipe(7)), so a waiting container keeps the default size. */
enum { PIPE_BYTES = 262144 };
enum { CONTROL_FD = 3 };
enum { EXIT_CANNOT_EXECUTE = 126, EXIT_NOT_FOUND = 127 };

const struct child NO_CHILD = {.pid = -1, .pid_fd = -1, .input_fd = -1, .output_fds = {-1, -1}, .control_fd = -1};

void close_fd(int *fd) {
    int error = errno;
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
    errno = error;
}

/* Pairs of descriptors between the runner and a child. [0] is the read end. */
enum { PAIR_IN, PAIR_OUT, PAIR_ERR, PAIR_CONTROL, PAIRS };

static void close_pairs(int pairs[PAIRS][2]) {
    for (int i = 0; i < PAIRS; i++) {
        close_fd(&pairs[i][0]);
        close_fd(&pairs[i][1]);
    }
}

/* Opens a terminal instead of the three pipes. */
static int open_terminal(int pairs[PAIRS][2], struct terminal terminal) {
    pairs[PAIR_OUT][1] = terminal_open(terminal, &pairs[PAIR_OUT][0]);
    if (pairs[PAIR_OUT][1] < 0)
        return -1;
    pairs[PAIR_IN][0] = fcntl(pairs[PAIR_OUT][1], F_DUPFD_CLOEXEC, 0);
    pairs[PAIR_IN][1] = fcntl(pairs[PAIR_OUT][0], F_DUPFD_CLOEXEC, 0);
    pairs[PAIR_ERR][1] = fcntl(pairs[PAIR_OUT][1], F_DUPFD_CLOEXEC, 0);
    return pairs[PAIR_IN][0] < 0 || pairs[PAIR_IN][1] < 0 || pairs[PAIR_ERR][1] < 0 ? -1 : 0;
}

static int open_pairs(int pairs[PAIRS][2], bool controlled) {
    for (int i = PAIR_IN; i <= PAIR_ERR; i++)
        if (pipe2(pairs[i], O_CLOEXEC) < 0)
            return -1;
    return controlled ? socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pairs[PAIR_CONTROL]) : 0;
}

/* Moves our ends to the child struct and makes them non-blocking. The program's ends stay blocking, as programs
 * expect. */
static int take_own_ends(struct child *child, int pairs[PAIRS][2]) {
    int *target[PAIRS] = {&child->input_fd, &child->output_fds[STREAM_OUT], &child->output_fds[STREAM_ERR], &child->control_fd};
    for (int i = 0; i < PAIRS; i++) {
        int *own = &pairs[i][i == PAIR_IN ? 1 : 0];
        if (*own >= 0 && fcntl(*own, F_SETFL, O_NONBLOCK) < 0)
            return -1;
        *target[i] = *own;
        *own = -1;
    }
    return 0;
}

void child_widen_pipes(const struct child *child) {
    const int fds[] = {child->input_fd, child->output_fds[STREAM_OUT], child->output_fds[STREAM_ERR]};
    for (size_t i = 0; i < sizeof fds / sizeof fds[0]; i++)
        (void)fcntl(fds[i], F_SETPIPE_SZ, PIPE_BYTES); /* best effort */
}

/* Uses the system call, because libc's function refuses signals 32 and 33. An action whose bytes are all zero is
 * SIG_DFL, sigaction(2). */
static void reset_signals(void) {
    static const unsigned long DEFAULT_ACTION[4];
    for (int number = 1; number < NSIG; number++)
        (void)syscall(SYS_rt_sigaction, number, DEFAULT_ACTION, NULL, sizeof(uint64_t)); /* fails for KILL and STOP */
    sigset_t none;
    sigemptyset(&none);
    (void)sigprocmask(SIG_SETMASK, &none, NULL);
}

/* Makes the OOM killer choose the program and not process 1. Only a dumpable process may write this file, proc(5). */
static void prefer_for_oom(void) {
    (void)prctl(PR_SET_DUMPABLE, 1);
    int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
    if (fd < 0)
        return;
    (void)!write(fd, "1000", 4); /* best effort */
    close(fd);
}

static void exec_child(int pairs[PAIRS][2], char *const argv[], char *const envp[]) __attribute__((noreturn));

static void exec_child(int pairs[PAIRS][2], char *const argv[], char *const envp[]) {
    struct rlimit no_core = {1, 1}; /* in bytes; unlike 0, 1 also disables the host's core dump handler: guard.c */
    (void)setsid(); /* cannot fail: a new child leads no process group */
    if (dup2(pairs[PAIR_IN][0], STDIN_FILENO) < 0 || dup2(pairs[PAIR_OUT][1], STDOUT_FILENO) < 0 ||
        dup2(pairs[PAIR_ERR][1], STDERR_FILENO) < 0)
        _exit(EXIT_CANNOT_EXECUTE);
    if (isatty(STDIN_FILENO) && ioctl(STDIN_FILENO, TIOCSCTTY, 0) < 0)
        _exit(EXIT_CANNOT_EXECUTE);
    /* This comes last, because descriptor 3 may be one of the other ends, which must be copied first. */
    int control_fd = pairs[PAIR_CONTROL][1];
    if (control_fd >= 0 && (dup2(control_fd, CONTROL_FD) < 0 || fcntl(CONTROL_FD, F_SETFD, 0) < 0))
        _exit(EXIT_CANNOT_EXECUTE);
    (void)setrlimit(RLIMIT_CORE, &no_core);
    prefer_for_oom();
    reset_signals();
    (void)prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    if (guard_install() < 0) {
        dprintf(STDERR_FILENO, "The runner's guard can't be installed: %s\n", strerror(errno));
        _exit(EXIT_CANNOT_EXECUTE);
    }
    execvpe(argv[0], argv, envp);
    int error = errno;
    dprintf(STDERR_FILENO, "%s: %s\n", argv[0], error == ENOENT ? "not found" : strerror(error));
    _exit(error == ENOENT ? EXIT_NOT_FOUND : EXIT_CANNOT_EXECUTE);
}

void child_feed(struct child *child, struct span *input) {
    while (input->size > 0) {
        ssize_t written = write(child->input_fd, input->data, input->size);
        if (written < 0 && (errno == EAGAIN || errno == EINTR))
            return;
        if (written < 0)
            break;
        input->data += written;
        input->size -= (size_t)written;
    }
    if (input->size > 0 || !child->holds_input)
        close_fd(&child->input_fd);
}

/* Starts a command. Sets all members of *child except holds_input, which the caller has set. */
static int start(struct child *child, char *const argv[], char *const envp[], struct span *input, struct terminal terminal) {
    int pairs[PAIRS][2] = {{-1, -1}, {-1, -1}, {-1, -1}, {-1, -1}};
    int opened = terminal.columns > 0 ? open_terminal(pairs, terminal) : open_pairs(pairs, input == NULL);
    if (opened < 0 || take_own_ends(child, pairs) < 0)
        goto failed;
    if (input != NULL) {
        child_widen_pipes(child);
        child_feed(child, input);
    }
    child->pid = fork();
    if (child->pid == 0)
        exec_child(pairs, argv, envp);
    if (child->pid < 0)
        goto failed;
    /* Old kernels and gVisor do not support this call. Then only SIGCHLD reports the exit. */
    child->pid_fd = (int)syscall(SYS_pidfd_open, child->pid, 0);
    close_pairs(pairs);
    return 0;
failed:
    close_pairs(pairs);
    child_close(child);
    return -1;
}

int child_start(struct child *child, char *const argv[], char *const envp[], struct span *input) {
    *child = NO_CHILD;
    return start(child, argv, envp, input, (struct terminal){0});
}

int child_start_interactive(struct child *child, char *const argv[], char *const envp[], struct span *input, struct terminal terminal) {
    *child = NO_CHILD;
    child->holds_input = true;
    return start(child, argv, envp, input, terminal);
}

void child_close(struct child *child) {
    close_fd(&child->pid_fd);
    close_fd(&child->input_fd);
    close_fd(&child->output_fds[STREAM_OUT]);
    close_fd(&child->output_fds[STREAM_ERR]);
    close_fd(&child->control_fd);
}
