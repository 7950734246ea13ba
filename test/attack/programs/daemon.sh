# Starts a process in a new session without a terminal that keeps the stdout of the program.
echo before
setsid nohup bash -c 'trap "" TERM HUP INT QUIT; echo grandchild; sleep 60; echo never' 2>/dev/null &
disown
sleep 0.2
echo done
