# A line without an end, of which the last ten are to be kept.
echo before
tail /dev/zero
