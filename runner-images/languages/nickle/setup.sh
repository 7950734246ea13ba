# Output that is not flushed is kept at the time limit.
function=IoFini program=/usr/bin/nickle
. /opt/runonce/shared/function-flush/make.sh
