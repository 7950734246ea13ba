echo before
sleep infinity
