# Reads an endless line, of which tail must keep the last ten lines.
echo before
tail /dev/zero
