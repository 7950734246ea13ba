/* Writes what stdio and iostreams have buffered for stdout when the time limit ends the program. The compiler driver links this
 * object into every program. The runner sends the signal at the time limit, waits a moment, and kills what is left (io.c). A program
 * that handles the signal itself keeps its own handler.
 *
 * The handler may interrupt the program anywhere, inside stdio too. That is acceptable only because the process ends here: a broken
 * buffer cannot do more than damage the last bytes. A lock that another thread holds is not waited for. */
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <unistd.h>

enum { FLUSH_SIGNAL = 64 }; /* SIGRTMAX, which is not a constant in glibc */

/* std::cout and its flush(), in a C++ program. Without sync_with_stdio it has a buffer of its own. */
extern char standard_output __asm__("_ZSt4cout") __attribute__((weak));
extern void *flush_stream(void *stream) __asm__("_ZNSo5flushEv") __attribute__((weak));

static void flush_and_end(int number) {
    (void)number;
    if (ftrylockfile(stdout) == 0)
        (void)fflush_unlocked(stdout);
    if (flush_stream != NULL && &standard_output != NULL)
        (void)flush_stream(&standard_output);
    (void)kill(getpid(), SIGKILL);
}

__attribute__((constructor)) static void start(void) {
    struct sigaction action = {.sa_handler = flush_and_end, .sa_flags = SA_ONSTACK};
    (void)sigaction(FLUSH_SIGNAL, &action, NULL);
}
