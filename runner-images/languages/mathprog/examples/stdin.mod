set names;
table input IN "CSV" "/dev/stdin": names <- [name];
printf{n in names}: "%s\n", n;
end;
