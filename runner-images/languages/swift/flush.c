/* Linked into each Swift program. print() writes to C's buffered stdout, and a trap (an index out of range, an
 * overflow) ends the process without a flush, so buffered output would be lost. This handler replaces the runtime's
 * handler, which dumps registers. signal-safety(7) does not list fflush(3). This is safe here because the trap comes
 * from Swift code, and the buffer is not flushed if a thread holds the lock of the stream. */
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
