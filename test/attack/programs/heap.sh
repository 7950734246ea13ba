# Reads an endless line, which tail keeps in memory.
echo before
tail /dev/zero
