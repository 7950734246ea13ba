with Ada.Text_IO;

procedure Main is
begin
   Nobody := 1;
end Main;
