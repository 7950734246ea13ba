# Every program uses this unit, regardless of the command that compiles it.
fpc -l- -v0ew -O2 flushatlimit.pas
printf '%s\n' "-Fu$PWD" -FaFlushAtLimit >> /etc/fpc.cfg
rm flushatlimit.pas
