/* Several processes send endless signals to process 1. */
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
