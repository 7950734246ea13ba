# Builds /opt/runonce/at-open.so from at-open.c. The setup.sh that sources this file must set:
#   script   name of the main file, for which the interpreter waits: main.php
#   more     additional source files of the library; can be empty
library=/opt/runonce/at-open.so sources="/opt/runonce/shared/at-open/at-open.c $more" flags="-DSCRIPT=\"$script\"" headers='' command=''
. /opt/runonce/shared/preload/make.sh
