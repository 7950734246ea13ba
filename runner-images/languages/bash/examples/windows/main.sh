. ./lib.sh
if true
then
  greet
fi
od -An -tx1 data.txt
