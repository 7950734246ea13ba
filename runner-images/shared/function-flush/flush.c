/* Writes the output that an interpreter has buffered when the time limit ends the program, by a call of the
 * interpreter's own function FLUSH. The runner sends the signal at the time limit, waits for a short time, and kills
 * the remaining processes. If a program handles the signal itself, its handler is used instead.
 *
 * The signal can interrupt the interpreter at any point. This is acceptable because the process exits immediately: an
 * inconsistent buffer can damage only the last bytes of the output. */
#include <signal.h>
#include <stddef.h>
#include <unistd.h>

enum { FLUSH_SIGNAL = 64 }; /* SIGRTMAX, which is not a constant in glibc */

/* The argument is for Scm_FlushAllPorts; functions without parameters ignore it. */
extern void FLUSH(int exiting) __attribute__((weak));

static void flush_and_end(int number) {
    (void)number;
    FLUSH(1);
    (void)kill(getpid(), SIGKILL);
}

__attribute__((constructor)) static void start(void) {
    struct sigaction action = {.sa_handler = flush_and_end, .sa_flags = SA_ONSTACK};
    if (FLUSH != NULL)
        (void)sigaction(FLUSH_SIGNAL, &action, NULL);
}
