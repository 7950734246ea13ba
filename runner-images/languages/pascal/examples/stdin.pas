program CopyLine;
var
  line: string;
begin
  readln(line);
  writeln(line);
end.
