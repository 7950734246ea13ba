printf "Hello World!\n";
end;
