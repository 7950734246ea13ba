# The warm interpreter: an ordinary start that waits where it opens the program.
script=main.php
. /opt/runonce/shared/at-open/make.sh
