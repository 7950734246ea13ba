letters=(a b c)
echo ${(Oa)letters}
text=àéî€
echo ${#text} ${(U)text}
