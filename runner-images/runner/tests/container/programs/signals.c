/* Sends every signal to process 1 with all available system calls, then prints that it still runs. */
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

/* If the user's signal queue is full (RLIMIT_SIGPENDING, signal(7)), the kernel delivers a signal without the sender's process ID, like
 * one from outside the container: kernel/signal.c, collect_signal(). */
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
