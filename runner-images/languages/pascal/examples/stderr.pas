program Complain;
begin
  writeln(stderr, 'oops');
end.
