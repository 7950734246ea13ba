/* Linked into each Swift program. print() writes to C's buffered stdout, and a trap (an index out of range, an overflow) ends the
 * process without flushing it: what was printed before would be lost. This handler replaces the runtime's, which dumps registers.
 * signal-safety(7) does not list fflush(3): the trap comes from Swift code, and where a thread holds the stream's lock, the buffer
 * is left alone. */
#include <signal.h>
#include <stdio.h>

static char stack[16384];

static void flush_and_end(int number) {
    if (ftrylockfile(stdout) == 0) {
        (void)fflush(stdout);
        funlockfile(stdout);
    }
    (void)signal(number, SIG_DFL);
    (void)raise(number);
}

__attribute__((constructor)) static void watch(void) {
    static const int NUMBERS[] = {SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGSEGV, SIGTRAP};
    struct sigaction action = {.sa_handler = flush_and_end, .sa_flags = SA_ONSTACK};
    (void)sigaltstack(&(stack_t){.ss_sp = stack, .ss_size = sizeof stack}, NULL);
    for (size_t i = 0; i < sizeof NUMBERS / sizeof NUMBERS[0]; i++)
        (void)sigaction(NUMBERS[i], &action, NULL);
}
