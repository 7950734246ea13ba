# All there is to read, twice: cached pages count as this container's, and must not cost it anything.
echo before
for i in 1 2; do
  find / -xdev -type f -size +0 -exec cat {} + 2>/dev/null | wc -c > /dev/null
done
echo after
