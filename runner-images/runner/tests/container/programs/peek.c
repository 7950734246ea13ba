/* Tries to access the descriptors and memory of process 1. Prints the result of each attempt. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

static void report(const char *name, long result) {
    printf("%s: %s\n", name, result < 0 ? strerrorname_np(errno) : "done");
}

int main(void) {
    char byte;
    struct iovec local = {&byte, 1}, remote = {(void *)0x400000, 1};
    report("fd/0", open("/proc/1/fd/0", O_RDONLY));
    report("fd/1", open("/proc/1/fd/1", O_WRONLY));
    report("mem", open("/proc/1/mem", O_RDWR));
    report("environ", open("/proc/1/environ", O_RDONLY) < 0 ? -1 : read(open("/proc/1/environ", O_RDONLY), &byte, 1));
    report("cwd", open("/proc/1/cwd", O_RDONLY));
    report("ptrace", ptrace(PTRACE_ATTACH, 1, 0, 0));
    report("process_vm_readv", process_vm_readv(1, &local, 1, &remote, 1, 0));
    int pid_fd = (int)syscall(SYS_pidfd_open, 1, 0);
    report("pidfd_getfd", pid_fd < 0 ? -1 : syscall(SYS_pidfd_getfd, pid_fd, 1, 0));
    report("process_madvise", pid_fd < 0 ? -1 : syscall(SYS_process_madvise, pid_fd, &remote, 1, 21, 0));
    return 0;
}
