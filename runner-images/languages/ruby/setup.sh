library=warm/warm.so sources=warm/warm.c flags='' headers=''
. /opt/runonce/shared/preload/make.sh
