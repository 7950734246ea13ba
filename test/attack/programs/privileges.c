/* Tries each privileged system call once. Calls that a program may use on itself, such as ptrace of its own child, are not included. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/klog.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/reboot.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/timex.h>
#include <sys/wait.h>
#include <unistd.h>

static int succeeded;

static void tried (const char *what, long result)
{
  if (result < 0) return;
  succeeded++;
  printf("succeeded: %s\n", what);
}

/* Runs in a child process, so that a successful call does not affect the following calls. */
static void tried_apart (const char *what, long (*attempt)(long), long argument)
{
  pid_t child = fork();
  int status = 1 << 8;
  if (child == 0) _exit(attempt(argument) < 0);
  waitpid(child, &status, 0);
  tried(what, WIFEXITED(status) && WEXITSTATUS(status) == 0 ? 0 : -1);
}

static long unshared (long flags) { return unshare((int)flags); }
static long became (long uid) { return setuid((uid_t)uid) < 0 ? -1 : setgid(0); }
static long grouped (long gid) { gid_t list[1] = {(gid_t)gid}; return setgroups(1, list); }
static long new_privileges (long none) { return prctl(PR_SET_NO_NEW_PRIVS, none, 0, 0, 0); }
static long keeps (long flag) { return prctl(PR_SET_SECUREBITS, flag, 0, 0, 0); }
static long ambient (long capability) { return prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, capability, 0, 0); }
static long capable (long none)
{
  struct { unsigned version; int pid; } header = {0x20080522, 0};
  struct { unsigned effective, permitted, inheritable; } data[2] = {{~0u, ~0u, ~0u}, {~0u, ~0u, ~0u}};
  (void)none;
  return syscall(SYS_capset, &header, data);
}

static void namespaces (void)
{
  static const struct { const char *name; long flag; } kinds[] = {
    {"user", 0x10000000}, {"mount", 0x20000}, {"pid", 0x20000000}, {"net", 0x40000000}, {"uts", 0x4000000}, {"ipc", 0x8000000}, {"cgroup", 0x2000000}, {"time", 0x80}
  };
  for (unsigned i = 0; i < sizeof kinds / sizeof *kinds; i++) {
    char what[32], path[32];
    snprintf(what, sizeof what, "unshare %s", kinds[i].name);
    tried_apart(what, unshared, kinds[i].flag);
    if (kinds[i].flag == 0x80) continue;
    snprintf(what, sizeof what, "clone with a new %s", kinds[i].name);
    long child = syscall(SYS_clone, kinds[i].flag | SIGCHLD, 0, 0, 0, 0);
    if (child == 0) _exit(0);
    tried(what, child);
    snprintf(path, sizeof path, "/proc/1/ns/%s", strcmp(kinds[i].name, "mount") == 0 ? "mnt" : kinds[i].name);
    snprintf(what, sizeof what, "setns %s", kinds[i].name);
    int fd = open(path, O_RDONLY);
    if (fd >= 0) tried(what, setns(fd, 0));
  }
}

int main (void)
{
  char bytes[256] = {0};
  struct { unsigned long long flags, pidfd, child, parent, exit_signal, stack, size, tls, tid, tids, cgroup; } args = {.flags = 0x10000000, .exit_signal = SIGCHLD};
  struct timeval now = {1, 0};
  struct timex adjust = {.modes = ADJ_FREQUENCY};

  namespaces();
  long child = syscall(435, &args, sizeof args);
  if (child == 0) _exit(0);
  tried("clone3 with a new user namespace", child);
  tried("mount of proc", mount("proc", "/work", "proc", 0, NULL));
  tried("mount of a cgroup", mount("cgroup", "/work", "cgroup2", 0, NULL));
  tried("mount of overlayfs", mount("overlay", "/work", "overlay", 0, "lowerdir=/usr,upperdir=/tmp,workdir=/tmp"));
  tried_apart("setuid 0", became, 0);
  tried_apart("setuid 65534", became, 65534);
  tried_apart("setgroups", grouped, 0);
  tried_apart("capset of all", capable, 0);
  tried_apart("ambient CAP_SYS_ADMIN", ambient, 21);
  tried_apart("securebits", keeps, 1);
  tried_apart("clearing no_new_privs", new_privileges, 0);
  tried("bpf map", syscall(SYS_bpf, 0, &(struct { unsigned type, key, value, entries; }){2, 4, 4, 1}, 16));
  tried("bpf program", syscall(SYS_bpf, 5, bytes, 72));
  tried("perf_event_open", syscall(SYS_perf_event_open, bytes, 0, -1, -1, 0));
  tried("keyctl session", syscall(SYS_keyctl, 1, "planted"));
  tried("add_key", syscall(SYS_add_key, "user", "planted", "x", 1, -3));
  tried("request_key", syscall(SYS_request_key, "user", "planted", NULL, -3));
  tried("userfaultfd", syscall(SYS_userfaultfd, O_CLOEXEC));
  tried("userfaultfd for user mode only", syscall(SYS_userfaultfd, O_CLOEXEC | 1));
  tried("io_uring_setup", syscall(425, 8, bytes));
  tried("kexec_load", syscall(SYS_kexec_load, 0, 0, NULL, 0));
  tried("init_module", syscall(SYS_init_module, bytes, sizeof bytes, ""));
  tried("finit_module", syscall(SYS_finit_module, 0, "", 0));
  tried("delete_module", syscall(SYS_delete_module, "none", 0));
  tried("reboot that disables Ctrl-Alt-Del", reboot(RB_DISABLE_CAD));
  tried("klogctl", klogctl(3, bytes, sizeof bytes));
  tried("settimeofday", settimeofday(&now, NULL));
  tried("clock_adjtime", syscall(SYS_clock_adjtime, 0, &adjust));
  tried("sethostname", sethostname("planted", 7));
  tried("setdomainname", setdomainname("planted", 7));
  tried("acct", acct("/work/acct"));
  tried("vhangup", vhangup());
  tried("fanotify_init of all", syscall(SYS_fanotify_init, 4, 0));
  tried("lookup_dcookie", syscall(212, 0L, bytes, sizeof bytes));
  tried("move_pages of the runner", syscall(SYS_move_pages, 1, 1, &(void *){(void *)0x400000}, NULL, bytes, 0));
  tried("kcmp with the runner", syscall(SYS_kcmp, 1, getpid(), 0, 0, 1));
  tried("process_madvise of the runner", syscall(440, syscall(434, 1, 0), &(struct { void *at; size_t size; }){(void *)0x400000, 4096}, 1, 4, 0));
  tried("get_robust_list of the runner", syscall(SYS_get_robust_list, 1, bytes, bytes + 8));
#if defined(__x86_64__)
  tried("iopl", syscall(SYS_iopl, 3));
  tried("ioperm", syscall(SYS_ioperm, 0x80, 1, 1));
#endif
  printf("%d succeeded\n", succeeded);
  return 0;
}
