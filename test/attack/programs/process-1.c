/* Tries to access the memory, descriptors and scheduling of the runner in every way. Prints what succeeded. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

static int succeeded;

static void tried (const char *what, long result)
{
  if (result < 0) return;
  succeeded++;
  printf("succeeded: %s\n", what);
}

int main (void)
{
  char bytes[16] = {0};
  struct iovec here = {bytes, sizeof bytes}, there = {(void *)0x400000, sizeof bytes};
  struct rlimit limit = {1, 1};
  struct rlimit old;
  struct sched_param param = {0};
  struct { unsigned size, policy; unsigned long long flags; int nice; unsigned priority; unsigned long long runtime, deadline, period; } attr =
    {sizeof attr, SCHED_IDLE, 0, 0, 0, 0, 0, 0};
  cpu_set_t cpus;
  CPU_ZERO(&cpus);
  CPU_SET(0, &cpus);

  tried("ptrace attach", ptrace(PTRACE_ATTACH, 1, 0, 0));
  tried("ptrace seize", ptrace(PTRACE_SEIZE, 1, 0, 0));
  tried("process_vm_readv", process_vm_readv(1, &here, 1, &there, 1, 0));
  tried("process_vm_writev", process_vm_writev(1, &here, 1, &there, 1, 0));
  int pidfd = (int)syscall(SYS_pidfd_open, 1, 0);
  for (int fd = 0; fd < 8; fd++) tried("pidfd_getfd", syscall(438, pidfd, fd, 0));
  tried("prlimit to set", prlimit(1, RLIMIT_CPU, &limit, NULL));
  tried("prlimit of files", prlimit(1, RLIMIT_NOFILE, &limit, &old));
  tried("prlimit of memory", prlimit(1, RLIMIT_AS, &limit, NULL));
  tried("setpriority of the process", setpriority(PRIO_PROCESS, 1, 19));
  tried("setpriority of its user", setpriority(PRIO_USER, 0, 19));
  tried("setpriority of the user by id", setpriority(PRIO_USER, getuid(), 19));
  tried("setpriority of its group", setpriority(PRIO_PGRP, 1, 19));
  tried("sched_setaffinity", sched_setaffinity(1, sizeof cpus, &cpus));
  tried("sched_setscheduler", sched_setscheduler(1, SCHED_IDLE, &param));
  tried("sched_setparam", sched_setparam(1, &param));
  tried("sched_setattr", syscall(SYS_sched_setattr, 1, &attr, 0));
  tried("ioprio_set of the process", syscall(SYS_ioprio_set, 1, 1, 3 << 13));
  tried("ioprio_set of its group", syscall(SYS_ioprio_set, 2, 1, 3 << 13));
  tried("ioprio_set of the user", syscall(SYS_ioprio_set, 3, getuid(), 3 << 13));
#if defined(__x86_64__)
  /* Tries these calls also with their i386 numbers, which a filter only for x86-64 would not check. */
  long result;
  static struct { unsigned now, most; } low __attribute__((aligned(16))) = {1, 1};
  if ((unsigned long)&low < 0xffffffffUL) {
    __asm__ volatile ("int $0x80" : "=a"(result) : "a"(340L), "b"(1L), "c"((long)RLIMIT_CPU), "d"((long)&low), "S"(0L) : "memory");
    tried("prlimit64, i386", result);
  }
  __asm__ volatile ("int $0x80" : "=a"(result) : "a"(97L), "b"(0L), "c"(1L), "d"(19L) : "memory");
  tried("setpriority, i386", result);
  tried("prlimit64, x32", syscall(0x40000000 | SYS_prlimit64, 1, RLIMIT_CPU, &limit, NULL));
  tried("setpriority, x32", syscall(0x40000000 | SYS_setpriority, PRIO_PROCESS, 1, 19));
#endif
  printf("%d succeeded\n", succeeded);
  return 0;
}
