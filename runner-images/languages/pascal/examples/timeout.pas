program Main;
begin
  writeln('before');
  while true do;
end.
