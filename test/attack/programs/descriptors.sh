ulimit -n 1048576 2>/dev/null && echo raised
ulimit -n "$(ulimit -H -n)"
count=0
while exec {fd}</dev/null; do count=$((count + 1)); done 2>/dev/null
echo "$((count > 900 && count < 1024)) stopped"
