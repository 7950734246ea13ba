interpreter=brainfuck
. /opt/runonce/shared/esolang/make.sh
