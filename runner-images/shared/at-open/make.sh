# Makes /opt/runonce/at-open.so of at-open.c. The setup.sh that reads this has set:
#   script   the main file's name, for which the interpreter waits: main.php
#   more     further sources of the library; may be empty
library=/opt/runonce/at-open.so sources="/opt/runonce/shared/at-open/at-open.c $more" flags="-DSCRIPT=\"$script\"" headers='' command=''
. /opt/runonce/shared/preload/make.sh
