/* Writes the buffered output of print when the time limit ends the program. The runner sends the signal at the time
 * limit, waits for a short time, and kills the remaining processes. If a program handles the signal itself, its
 * handler is used instead.
 *
 * The signal can interrupt Perl at any point. This is acceptable because the process exits immediately: an
 * inconsistent buffer can damage only the last bytes of the output. The functions are part of the interpreter:
 * perlapio(1). */
#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <unistd.h>

enum { FLUSH_SIGNAL = 64 }; /* SIGRTMAX, which is not a constant in glibc */

extern pthread_key_t PL_thr_key __attribute__((weak));
extern void *Perl_PerlIO_stdout(void *interpreter) __attribute__((weak));
extern int Perl_PerlIO_flush(void *interpreter, void *handle) __attribute__((weak));

static void flush_and_end(int number) {
    (void)number;
    void *interpreter = pthread_getspecific(PL_thr_key);
    if (interpreter != NULL)
        (void)Perl_PerlIO_flush(interpreter, Perl_PerlIO_stdout(interpreter));
    (void)kill(getpid(), SIGKILL);
}

__attribute__((constructor)) static void start(void) {
    struct sigaction action = {.sa_handler = flush_and_end, .sa_flags = SA_ONSTACK};
    if (&PL_thr_key != NULL && Perl_PerlIO_stdout != NULL && Perl_PerlIO_flush != NULL)
        (void)sigaction(FLUSH_SIGNAL, &action, NULL);
}
