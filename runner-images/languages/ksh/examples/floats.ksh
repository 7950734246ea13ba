typeset -F2 pi=$((4 * atan(1)))
print $pi
typeset -A age=([Ada]=36)
print Ada ${age[Ada]}
