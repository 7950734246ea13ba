# Output that is not flushed is kept at the time limit.
function=flushAll program=/usr/bin/pil
. /opt/runonce/shared/function-flush/make.sh
