/* Writes the buffered output of stdio and iostreams when the time limit ends the program. The compiler driver links
 * this object into every program. The runner sends the signal at the time limit, waits for a short time, and kills
 * the remaining processes (io.c). If a program handles the signal itself, its handler is used instead.
 *
 * The signal can interrupt the program at any point, even inside stdio. This is acceptable because the process exits
 * immediately: an inconsistent buffer can damage only the last bytes of the output. The handler does not wait for a
 * lock that another thread holds. */
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <unistd.h>

enum { FLUSH_SIGNAL = 64 }; /* SIGRTMAX, which is not a constant in glibc */

/* The buffers of Modula-2's StrIO and of the related modules. */
extern void flush_modula2(void) __asm__("m2pim_FIO_FlushOutErr") __attribute__((weak));

/* std::cout and its flush(), in a C++ program. Without sync_with_stdio, std::cout has a separate buffer. */
extern char standard_output __asm__("_ZSt4cout") __attribute__((weak));
extern void *flush_stream(void *stream) __asm__("_ZNSo5flushEv") __attribute__((weak));

static void flush_and_end(int number) {
    (void)number;
    if (ftrylockfile(stdout) == 0)
        (void)fflush_unlocked(stdout);
    if (flush_stream != NULL && &standard_output != NULL)
        (void)flush_stream(&standard_output);
    if (flush_modula2 != NULL)
        flush_modula2();
    (void)kill(getpid(), SIGKILL);
}

__attribute__((constructor)) static void start(void) {
    struct sigaction action = {.sa_handler = flush_and_end, .sa_flags = SA_ONSTACK};
    (void)sigaction(FLUSH_SIGNAL, &action, NULL);
}
