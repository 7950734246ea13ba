# The warm interpreter: a normal start that waits at the point where it opens the program.
script=main.pl more=$PWD/flush.c
. /opt/runonce/shared/at-open/make.sh

# The launcher for the plain interpreter.
library=$PWD/flush.so sources="$PWD/flush.c /opt/runonce/shared/preload/forget.c" flags='' headers='' program=/usr/bin/perl command=/usr/local/bin/perl
. /opt/runonce/shared/preload/make.sh
