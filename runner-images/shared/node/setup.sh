ln -s /opt/runonce/node-linux/bin/node /usr/local/bin/node

library=warm/warm.so sources='warm/warm.c warm/companion.c' flags='' headers=''
. /opt/runonce/shared/preload/make.sh
