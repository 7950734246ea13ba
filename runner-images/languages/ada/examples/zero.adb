with Ada.Text_IO; use Ada.Text_IO;

procedure Main is
   type Link is access Integer;
   Nothing : Link;
   Zero    : Integer := 0;
begin
   begin
      Put_Line (Integer'Image (1 / Zero));
   exception
      when Constraint_Error => Put_Line ("division by zero");
   end;
   begin
      Nothing.all := 1;
      Put_Line (Integer'Image (Nothing.all));
   exception
      when Constraint_Error => Put_Line ("null access");
   end;
end Main;
