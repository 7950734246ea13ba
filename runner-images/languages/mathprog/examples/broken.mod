printf "never\n"
var x;
