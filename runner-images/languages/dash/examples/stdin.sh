read line
echo "$line"
