/* Tries system calls that access files in other ways: by handle, by mount, by descriptor of the running program, by swap. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
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
  struct { struct file_handle head; char rest[128]; } handle = {.head = {.handle_bytes = 128}};
  int mount_id, root = open("/", O_PATH | O_DIRECTORY);
  tried("create in /", open("/planted", O_CREAT | O_WRONLY, 0600));
  tried("O_TMPFILE in /usr", open("/usr", O_TMPFILE | O_RDWR, 0600));
  tried("write to the runner", open("/usr/local/bin/runner", O_WRONLY));
  tried("write to its own binary through /proc", open("/proc/1/exe", O_WRONLY));
  tried("write to libc", open("/lib/x86_64-linux-gnu/libc.so.6", O_WRONLY | O_APPEND));
  if (name_to_handle_at(AT_FDCWD, "/etc/passwd", &handle.head, &mount_id, 0) == 0) {
    tried("open by handle", open_by_handle_at(root, &handle.head, O_RDWR));
  }
  tried("remount", mount(NULL, "/", NULL, MS_REMOUNT | MS_BIND, NULL));
  tried("tmpfs over /etc", mount("none", "/etc", "tmpfs", 0, NULL));
  tried("umount of /proc", umount2("/proc", MNT_DETACH));
  tried("pivot_root", syscall(SYS_pivot_root, "/tmp", "/tmp"));
  tried("chroot", chroot("/tmp"));
  tried("open_tree", syscall(428, root, "", 1 | 0x1000));
  tried("fsopen", syscall(430, "tmpfs", 0));
  tried("mount_setattr", syscall(442, root, "", 0x1000, &handle, 32));
  tried("swapon", syscall(SYS_swapon, "/work/main.c", 0));
  /* Creating a node is not sufficient: the attack succeeds only if it can be opened. */
  (void)!mknod("/tmp/disk", S_IFBLK | 0666, 0xfe00);
  (void)!mknod("/tmp/mem", S_IFCHR | 0666, 0x101);
  tried("a new block device", open("/tmp/disk", O_RDONLY));
  tried("memory through a new device", open("/tmp/mem", O_RDONLY));
  tried("set-uid file of root", chown("/work/main.c", 0, 0));
  tried("quotactl", syscall(SYS_quotactl, 0x800002, "/dev/vda", 0, &handle));
  printf("%d succeeded\n", succeeded);
  return 0;
}
