/* Sends signals with the forged sender ID 0, as in signals from outside the container, with every system call that sends signals. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <mqueue.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

int main (void)
{
  static const int codes[] = {SI_QUEUE, SI_TIMER, SI_MESGQ, SI_ASYNCIO, SI_SIGIO, -60, -7};
  puts("before");
  fflush(stdout);
  int pidfd = (int)syscall(SYS_pidfd_open, 1, 0);
  for (int number = 1; number < 65; number++) {
    for (unsigned i = 0; i < sizeof codes / sizeof *codes; i++) {
      siginfo_t info;
      memset(&info, 0, sizeof info);
      info.si_signo = number;
      info.si_code = codes[i];
      syscall(SYS_rt_sigqueueinfo, 1, number, &info);
      syscall(SYS_rt_tgsigqueueinfo, 1, 1, number, &info);
      syscall(SYS_pidfd_send_signal, pidfd, number, &info, 0);
    }
    int ends[2];
    if (pipe(ends) == 0) {
      fcntl(ends[0], F_SETOWN, 1);
      fcntl(ends[0], F_SETSIG, number);
      fcntl(ends[0], F_SETFL, O_ASYNC | O_NONBLOCK);
      (void)!write(ends[1], "x", 1);
      close(ends[1]);
      close(ends[0]);
    }
  }
  usleep(300000);
  puts("after");
  return 6;
}
