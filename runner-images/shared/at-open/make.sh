# Makes /opt/runonce/at-open.so of at-open.c. The setup.sh that reads this has set:
#   script   the main file's name, for which the interpreter waits: main.php
library=/opt/runonce/at-open.so sources=/opt/runonce/shared/at-open/at-open.c flags="-DSCRIPT=\"$script\"" headers=''
. /opt/runonce/shared/preload/make.sh
