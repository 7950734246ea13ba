/* Several processes that send process 1 signals without end. */
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

int main(void) {
    puts("kept");
    fflush(stdout);
    for (int i = 0; i < 4; i++)
        fork();
    for (;;) {
        kill(1, SIGCHLD);
        kill(1, SIGTERM);
    }
}
