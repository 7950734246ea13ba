#include <pthread.h>
#include <unistd.h>

static void *spin (void *none)
{
  for (;;) {
    pthread_t thread;
    pthread_create(&thread, none, spin, none);
  }
}

int main (void)
{
  (void)!write(1, "before\n", 7);
  spin(NULL);
}
