program Broken;

begin
  nobody := 1;
end.
