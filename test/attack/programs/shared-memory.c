/* Uses memory that no process maps, of each kind in turn: System V segments, memfds, shared anonymous pages. */
#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <unistd.h>

enum { SIZE = 8 << 20 };

int main (void)
{
  char *block = malloc(SIZE);
  memset(block, 1, SIZE);
  (void)!write(1, "before\n", 7);
  for (int i = 0; i < 300; i++) {
    int id = shmget(IPC_PRIVATE, SIZE, IPC_CREAT | 0600);
    char *there = id < 0 ? (void *)-1 : shmat(id, NULL, 0);
    if (there != (void *)-1) {
      memset(there, 1, SIZE);
      shmdt(there);
    }
    int fd = memfd_create("hog", 0);
    for (int part = 0; fd >= 0 && part < 4; part++) (void)!write(fd, block, SIZE);
    char *shared = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared != MAP_FAILED) memset(shared, 1, SIZE);
  }
  for (;;) memset(malloc(SIZE), 1, SIZE);
}
