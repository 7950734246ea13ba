echo before
for i in 1 2 3; do
  for number in {1..64}; do kill -"$number" 1; done 2>/dev/null
done
sleep 0.2
echo after
