head -c 1G /dev/zero | tr '\0' x
