# Every program uses the unit, by whatever command it is compiled.
fpc -l- -v0ew -O2 flushatlimit.pas
printf '%s\n' "-Fu$PWD" -FaFlushAtLimit >> /etc/fpc.cfg
rm flushatlimit.pas
