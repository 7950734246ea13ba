/* Replaces hs_main of GHC's runtime, which the main function of every program calls: installs the handler of
 * RunonceFlush.hs before the program starts. The rest is as in rts/RtsMain.c. */
#include <Rts.h>

extern StgClosure RunonceFlush_install_closure;

int hs_main(int argc, char *argv[], StgClosure *main_closure, RtsConfig config) {
    hs_init_ghc(&argc, &argv, config);
    Capability *cap = rts_lock();
    rts_evalIO(&cap, &RunonceFlush_install_closure, NULL);
    rts_evalLazyIO(&cap, main_closure, NULL);
    SchedulerStatus status = rts_getSchedStatus(cap);
    rts_unlock(cap);
    int code = EXIT_SUCCESS;
    if (status == Killed) {
        errorBelch("main thread exited (uncaught exception)");
        code = EXIT_KILLED;
    } else if (status == Interrupted) {
        errorBelch("interrupted");
        code = EXIT_INTERRUPTED;
    } else if (status == HeapExhausted) {
        code = EXIT_HEAPOVERFLOW;
    }
    shutdownHaskellAndExit(code, 0);
}
