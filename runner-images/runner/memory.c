/* Memory for the result. A program may use up all the memory of its container, and its killed processes hold it until they are
 * gone: pages are freed first, but what the kernel keeps for pipes and sockets only when those are closed. Until then, if the
 * runner asks for a page, the kernel finds no other process to kill than the runner. So it reserves some memory while the
 * program runs, and before it takes more it waits for the killed processes (io.c).
 * Source: kernel admin-guide/cgroup-v1/memory.rst, mm/oom_kill.c. */
#include <stddef.h>
#include <sys/mman.h>

#include "runner.h"

/* Two full pipes (child.c), the writer's buffer (struct writer), and overhead. */
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

bool memory_is_short(const struct memory *memory) {
    return memory->cgroup != NULL && cgroup_free_bytes(memory->cgroup) < RESERVED_BYTES;
}

bool memory_ran_out(const struct memory *memory) {
    return memory->cgroup != NULL && memory->oom_kills >= 0 && cgroup_read(memory->cgroup).oom_kills > memory->oom_kills;
}
