/* Removes objects that outlive the processes of a case: System V shared memory, semaphores and message queues, and sockets.
 *
 * The identifiers are found by index up to the largest one in use. Source: shmctl(2), semctl(2), msgctl(2), the commands *_INFO and
 * *_STAT_ANY. */
#include <errno.h>
#include <stdio.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "runner.h"

static const struct timespec SOCKET_CHECK = {.tv_nsec = 1000000};
static const int64_t SOCKET_WAIT_NS = 2000000000;

/* The headers do not define this union: semctl(2). */
union semun {
    int value;
    struct semid_ds *status;
    unsigned short *array;
    struct seminfo *info;
};

/* *_STAT needs the permission to read. Older kernels lack *_STAT_ANY. */
static int shared_memory_id(int index) {
    struct shmid_ds status;
    int id = shmctl(index, SHM_STAT_ANY, &status);
    return id >= 0 ? id : shmctl(index, SHM_STAT, &status);
}

static int semaphore_id(int index) {
    struct semid_ds status;
    int id = semctl(index, 0, SEM_STAT_ANY, (union semun){.status = &status});
    return id >= 0 ? id : semctl(index, 0, SEM_STAT, (union semun){.status = &status});
}

static int queue_id(int index) {
    struct msqid_ds status;
    int id = msgctl(index, MSG_STAT_ANY, &status);
    return id >= 0 ? id : msgctl(index, MSG_STAT, &status);
}

void ipc_remove_all(void) {
    struct shm_info shm;
    struct seminfo sem;
    struct msginfo msg;
    int most = shmctl(0, SHM_INFO, (struct shmid_ds *)(void *)&shm);
    for (int i = 0; i <= most; i++)
        (void)shmctl(shared_memory_id(i), IPC_RMID, NULL); /* fails for -1, which is not a valid identifier */
    most = semctl(0, 0, SEM_INFO, (union semun){.info = &sem});
    for (int i = 0; i <= most; i++)
        (void)semctl(semaphore_id(i), 0, IPC_RMID);
    most = msgctl(0, MSG_INFO, (struct msqid_ds *)(void *)&msg);
    for (int i = 0; i <= most; i++)
        (void)msgctl(queue_id(i), IPC_RMID, NULL);
}

long sockets_count(void) {
    long count = 0;
    FILE *list = fopen("/proc/net/unix", "re");
    if (list == NULL)
        return -1;
    for (int byte = getc(list); byte != EOF; byte = getc(list))
        count += byte == '\n';
    fclose(list);
    return count;
}

/* Closing a socket starts the garbage collector of the kernel. */
static void collect_sockets(void) {
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0)
        return;
    close(ends[0]);
    close(ends[1]);
}

int sockets_wait(long most) {
    int64_t until_ns = clock_ns() + SOCKET_WAIT_NS;
    while (sockets_count() > most) {
        if (clock_ns() > until_ns) {
            errno = EBUSY;
            return -1;
        }
        collect_sockets();
        (void)nanosleep(&SOCKET_CHECK, NULL);
    }
    return 0;
}
