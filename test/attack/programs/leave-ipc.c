/* Leaves objects of every kind of interprocess communication: System V, POSIX, memfds, abstract and listening sockets, keys. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <mqueue.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

enum { KEY = 4711, BYTES = 1 << 16 };

static void leave_system_v (key_t key, int mode)
{
  int shm = shmget(key, BYTES, IPC_CREAT | mode), sem = semget(key, 3, IPC_CREAT | mode), queue = msgget(key, IPC_CREAT | mode);
  struct sembuf change = {0, 5, 0};
  struct { long type; char text[8]; } message = {1, "planted"};
  void *memory = shmat(shm, NULL, 0);
  if (memory != (void *)-1) memset(memory, 1, BYTES);
  semop(sem, &change, 1);
  msgsnd(queue, &message, sizeof message.text, IPC_NOWAIT);
}

static void leave_posix (void)
{
  mqd_t queue = mq_open("/planted", O_CREAT | O_RDWR, 0600, NULL);
  mq_send(queue, "planted", 8, 0);
  int shm = shm_open("/planted", O_CREAT | O_RDWR, 0);
  if (ftruncate(shm, BYTES) == 0) mmap(NULL, BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, shm, 0);
}

static void leave_sockets (void)
{
  struct sockaddr_un name = {AF_UNIX, "\0planted"};
  struct sockaddr_in loopback = {AF_INET, htons(4711), {htonl(INADDR_LOOPBACK)}, {0}};
  int listening = socket(AF_UNIX, SOCK_STREAM, 0), tcp = socket(AF_INET, SOCK_STREAM, 0), udp = socket(AF_INET, SOCK_DGRAM, 0);
  int memory = memfd_create("planted", MFD_ALLOW_SEALING);
  if (bind(listening, (void *)&name, offsetof(struct sockaddr_un, sun_path) + 8) == 0) listen(listening, 5);
  if (bind(tcp, (void *)&loopback, sizeof loopback) == 0) listen(tcp, 5);
  (void)!bind(udp, (void *)&loopback, sizeof loopback);
  (void)!ftruncate(memory, BYTES);
  fcntl(memory, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE);
}

int main (void)
{
  puts("before");
  fflush(stdout);
  leave_system_v(KEY, 0600);
  leave_system_v(KEY + 1, 0);
  for (int i = 0; i < 10; i++) leave_system_v(IPC_PRIVATE, 0666);
  leave_posix();
  leave_sockets();
  for (int keyring = -8; keyring < 0; keyring++) syscall(SYS_add_key, "user", "planted", "x", 1, keyring);
  inotify_add_watch(inotify_init(), "/work", IN_ALL_EVENTS);
  flock(open("/work/probe.sh", O_RDONLY), LOCK_EX);
  fcntl(open("/work/probe.sh", O_RDONLY), F_SETLEASE, F_RDLCK);
  puts("after");
  return 0;
}
