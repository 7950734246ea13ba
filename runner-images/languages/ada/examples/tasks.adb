with Ada.Text_IO; use Ada.Text_IO;
with Ada.Containers.Vectors;

procedure Main is
   package Vectors is new Ada.Containers.Vectors (Positive, Integer);

   task Adder is
      entry Add (N : Integer);
      entry Total (N : out Integer);
   end Adder;

   task body Adder is
      All_Of_Them : Vectors.Vector;
   begin
      loop
         select
            accept Add (N : Integer) do
               All_Of_Them.Append (N);
            end Add;
         or
            accept Total (N : out Integer) do
               N := [for V of All_Of_Them => V]'Reduce ("+", 0);
            end Total;
         or
            terminate;
         end select;
      end loop;
   end Adder;

   Sum : Integer;
begin
   Put_Line ("größer");
   Adder.Add (40);
   Adder.Add (2);
   Adder.Total (Sum);
   Put_Line (Sum'Image);
end Main;
