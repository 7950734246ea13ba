# Writes the buffered output of print when the time limit ends the program. The runner sends SIGRTMAX at the time
# limit, waits for a short time, and kills the remaining processes. Python calls the handler between two instructions
# of the main thread, or when the signal interrupts a blocking call.
def _flush_at_the_time_limit():
    import posix
    import sys
    from _signal import SIGKILL, SIGRTMAX, signal

    class FlushAndEnd:
        def __call__(self, number, frame):
            try:
                sys.stdout.flush()
            finally:
                posix.kill(posix.getpid(), SIGKILL)

        # The text contains no address, so it is the same in every run.
        def __repr__(self):
            return '<runonce: flush at the time limit>'

    signal(SIGRTMAX, FlushAndEnd())


_flush_at_the_time_limit()
