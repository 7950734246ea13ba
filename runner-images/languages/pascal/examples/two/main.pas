program Main;
uses
  Greetings;
begin
  Greet('two');
end.
