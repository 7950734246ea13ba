set -A letters a b c
print ${letters[1]} ${letters[2]}
print $((2 * 3))
