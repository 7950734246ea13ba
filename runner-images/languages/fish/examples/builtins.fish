seq 3
string upper àéî
count a b
math 1 / 3
