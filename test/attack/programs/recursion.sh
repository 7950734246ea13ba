# Uses a small stack, because the shell takes long to fill a large one.
ulimit -s 256
echo before
deeper () { deeper; }
deeper
