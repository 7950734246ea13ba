# The warm interpreter: an ordinary start that waits where it opens the program.
script=main.pl more=$PWD/flush.c
. /opt/runonce/shared/at-open/make.sh

# The plain interpreter.
library=$PWD/flush.so sources="$PWD/flush.c /opt/runonce/shared/preload/forget.c" flags='' headers='' program=/usr/bin/perl command=/usr/local/bin/perl
. /opt/runonce/shared/preload/make.sh
