echo ok
echo never >
