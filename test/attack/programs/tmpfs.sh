# Fills every writable file system.
echo before
for folder in /tmp /work /dev/shm; do
  head -c 1G /dev/zero > "$folder/fill" 2>/dev/null || echo "$folder is full"
done
echo after
