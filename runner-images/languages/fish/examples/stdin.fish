read line
echo $line
