ulimit -c unlimited 2>/dev/null
echo before
kill -ABRT $$
