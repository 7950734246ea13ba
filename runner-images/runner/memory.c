/* Memory for the result. A program may use up all memory of its container, and killed processes free it only when
 * they exit: they free their pages first, but the kernel memory for pipes and sockets only when their descriptors are
 * closed. If the runner requests a page before that, the OOM killer finds no other process to kill than the runner.
 *
 * Therefore, the runner reserves some memory while the program runs, and waits for the killed processes before it
 * allocates more (io.c).
 *
 * Source: kernel admin-guide/cgroup-v1/memory.rst, mm/oom_kill.c. */
#include <stddef.h>
#include <sys/mman.h>

#include "runner.h"

/* Two full pipes (child.c), the buffer of the writer (struct writer), and overhead. */
enum { RESERVED_BYTES = 640 * 1024 };

void memory_reserve(struct memory *memory) {
    if (memory->reserved != NULL)
        return;
    void *at = mmap(NULL, RESERVED_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
    memory->reserved = at == MAP_FAILED ? NULL : at; /* best effort */
}

void memory_release(struct memory *memory) {
    if (memory->reserved != NULL)
        (void)munmap(memory->reserved, RESERVED_BYTES); /* cannot fail: our own mapping */
    memory->reserved = NULL;
}

bool memory_lacks(const struct memory *memory, int64_t bytes) {
    return memory->cgroup != NULL && cgroup_free_bytes(memory->cgroup) < bytes;
}

bool memory_is_short(const struct memory *memory) {
    return memory_lacks(memory, RESERVED_BYTES);
}

bool memory_ran_out(const struct memory *memory) {
    return memory->cgroup != NULL && memory->oom_kills >= 0 && cgroup_read(memory->cgroup).oom_kills > memory->oom_kills;
}
