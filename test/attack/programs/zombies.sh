# Creates thousands of orphans that exit at the same time.
echo before
for i in {1..40}; do
  (for j in {1..10}; do (exit 0) & done) &
done 2>/dev/null
wait
echo after
