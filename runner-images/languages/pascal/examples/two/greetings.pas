unit Greetings;

interface

procedure Greet(name: string);

implementation

procedure Greet(name: string);
begin
  writeln('hello ', name);
end;

end.
