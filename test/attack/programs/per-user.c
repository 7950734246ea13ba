/* Uses up resources that the kernel limits per user ID or per machine, and keeps them: queued signals, message queues, pipe pages,
 * POSIX timers, asynchronous I/O, terminals. Runs in other containers must not be affected. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/aio_abi.h>
#include <mqueue.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static char block[1 << 20];

static void hold (int share)
{
  union sigval value = {0};
  sigset_t all;
  sigfillset(&all);
  sigprocmask(SIG_BLOCK, &all, NULL);
  for (int i = 0; i < 200000 && sigqueue(getpid(), SIGRTMIN, value) == 0; i++);
  for (int i = 0; i < 1000; i++) {
    char name[32];
    struct mq_attr attr = {.mq_maxmsg = 10, .mq_msgsize = 8192};
    snprintf(name, sizeof name, "/q%d-%d", share, i);
    if (mq_open(name, O_CREAT | O_RDWR, 0600, &attr) < 0) break;
  }
  for (int i = 0; i < 100000; i++) {
    timer_t timer;
    struct sigevent none = {.sigev_notify = SIGEV_NONE};
    if (timer_create(CLOCK_MONOTONIC, &none, &timer) < 0) break;
  }
  for (int i = 0; i < 1000; i++) {
    aio_context_t context = 0;
    if (syscall(SYS_io_setup, 4096, &context) < 0) break;
  }
  for (int i = 0; i < 60; i++) {
    int ends[2];
    if (pipe2(ends, O_NONBLOCK) < 0) break;
    fcntl(ends[1], F_SETPIPE_SZ, 1 << 20);
    if (share < 4) (void)!write(ends[1], block, sizeof block);
  }
  while (open("/dev/ptmx", O_RDWR | O_NOCTTY) >= 0);
}

int main (void)
{
  int held[2];
  if (pipe(held) < 0) return 1;
  for (int share = 0; share < 6; share++) {
    if (fork() == 0) {
      hold(share);
      close(held[1]);
      for (;;) pause();
    }
  }
  close(held[1]);
  char end;
  while (read(held[0], &end, 1) > 0);
  puts("held");
  fflush(stdout);
  for (;;) pause();
}
