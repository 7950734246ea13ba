interpreter=befunge
. /opt/runonce/shared/esolang/make.sh
