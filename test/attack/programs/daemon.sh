# Out of the session, without a terminal, and with the program's stdout.
echo before
setsid nohup bash -c 'trap "" TERM HUP INT QUIT; echo grandchild; sleep 60; echo never' 2>/dev/null &
disown
sleep 0.2
echo done
