/* Asks three times, like a beginner's program, which does not flush stdout. Also prints the size of its terminal. */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

static void print_size(int number) {
    struct winsize size = {0};
    (void)number;
    ioctl(STDOUT_FILENO, TIOCGWINSZ, &size);
    printf("size %dx%d\n", size.ws_col, size.ws_row);
    fflush(stdout);
}

int main(void) {
    char name[64];
    struct sigaction action = {.sa_handler = print_size, .sa_flags = SA_RESTART};
    sigaction(SIGWINCH, &action, NULL);
    print_size(0);
    for (int i = 1; i <= 3; i++) {
        printf("name %d? ", i);
        if (fgets(name, sizeof name, stdin) == NULL)
            return 4;
        name[strcspn(name, "\n")] = '\0';
        printf("hello %s\n", name);
    }
    fflush(stdout);
    for (;;)
        pause();
}
