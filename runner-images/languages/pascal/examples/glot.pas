Program Main;

begin
  writeln('Hello World!');
end.
