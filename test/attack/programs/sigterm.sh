trap '' TERM INT HUP QUIT PIPE ALRM USR1 USR2
echo before
while :; do :; done
