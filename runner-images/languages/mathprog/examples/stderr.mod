printf "oops\n" > "/dev/stderr";
end;
