with Greetings;

procedure Main is
begin
   Greetings.Greet ("two");
end Main;
