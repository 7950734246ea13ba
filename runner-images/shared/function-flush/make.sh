# Builds flush.so and the command that starts the interpreter with it. The setup.sh that sources this file must set:
#   function  the function of the interpreter that writes its buffered output; the interpreter must export it
#   program   path of the interpreter
preload=/opt/runonce/shared/preload
library=$PWD/flush.so sources="/opt/runonce/shared/function-flush/flush.c $preload/forget.c" flags="-DFLUSH=$function" headers=''
command=/usr/local/bin/$(basename "$program")
. $preload/make.sh
