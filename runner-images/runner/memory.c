/* Memory for the answer. A program may have taken all that its container has, and its processes, once killed, hold it until
 * they are buried: pages go first, but what the kernel keeps for their pipes and sockets only when those are closed. Until
 * then the kernel finds nobody to kill but us, the moment that we ask for a page. So some is laid by while the program runs,
 * and before more is taken the dead are waited for (run.c).
 * Source: kernel admin-guide/cgroup-v1/memory.rst, mm/oom_kill.c. */
#include <stddef.h>
#include <sys/mman.h>

#include "runner.h"

/* Two full pipes (child.c) and the answer's buffer (struct writer), and what they bring along. */
enum { LAID_BY_BYTES = 640 * 1024 };

void memory_lay_by(struct memory *memory) {
    if (memory->laid_by != NULL)
        return;
    void *at = mmap(NULL, LAID_BY_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
    memory->laid_by = at == MAP_FAILED ? NULL : at; /* best effort */
}

void memory_give_back(struct memory *memory) {
    if (memory->laid_by != NULL)
        (void)munmap(memory->laid_by, LAID_BY_BYTES); /* a mapping of our own */
    memory->laid_by = NULL;
}

bool memory_is_short(const struct memory *memory) {
    return memory->cgroup != NULL && cgroup_room(memory->cgroup) < LAID_BY_BYTES;
}

bool memory_ran_out(const struct memory *memory) {
    return memory->cgroup != NULL && memory->oom_kills >= 0 && cgroup_read(memory->cgroup).oom_kills > memory->oom_kills;
}
