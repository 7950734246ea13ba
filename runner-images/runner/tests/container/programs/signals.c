/* Sends process 1 every signal in every way that a program has, then says that it is still there. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static void queue(int number, int code) {
    siginfo_t info = {0};
    info.si_signo = number;
    info.si_code = code;
    int pid_fd = (int)syscall(SYS_pidfd_open, 1, 0);
    syscall(SYS_rt_sigqueueinfo, 1, number, &info);
    syscall(SYS_rt_tgsigqueueinfo, 1, 1, number, &info);
    syscall(SYS_pidfd_send_signal, pid_fd, number, &info, 0);
    close(pid_fd);
}

/* A signal that finds the queue of its user full arrives without its sender's number, as one from outside does: signal(7) has
 * the limit, RLIMIT_SIGPENDING; what becomes of the signal is in the kernel's collect_signal(). */
static void queue_when_full(void) {
    sigset_t blocked;
    union sigval value = {0};
    sigemptyset(&blocked);
    sigaddset(&blocked, SIGRTMIN);
    sigprocmask(SIG_BLOCK, &blocked, NULL);
    while (sigqueue(getpid(), SIGRTMIN, value) == 0)
        ;
    printf("%s\n", errno == EAGAIN ? "full" : strerrorname_np(errno));
    queue(SIGTERM, SI_QUEUE);
    queue(SIGTERM, SI_TIMER);
}

int main(void) {
    for (int number = 1; number < NSIG; number++) {
        kill(1, number);
        syscall(SYS_tgkill, 1, 1, number);
        queue(number, SI_QUEUE);
        queue(number, SI_USER);
        queue(number, SI_TKILL);
        queue(number, SI_KERNEL);
    }
    queue_when_full();
    usleep(200000);
    puts("still there");
    return 0;
}
