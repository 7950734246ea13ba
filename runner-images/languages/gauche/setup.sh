# Output that is not flushed is kept at the time limit.
function=Scm_FlushAllPorts program=/usr/bin/gosh
. /opt/runonce/shared/function-flush/make.sh
