# On a small stack: the shell takes its time with a large one.
ulimit -s 256
echo before
deeper () { deeper; }
deeper
