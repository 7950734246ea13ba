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
    if (syscall(SYS_rt_sigqueueinfo, 1, number, &info) < 0 && code < 0)
        printf("%d: %s\n", number, strerrorname_np(errno));
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
    usleep(200000);
    puts("still there");
    return 0;
}
