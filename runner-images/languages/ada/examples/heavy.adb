with Ada.Text_IO; use Ada.Text_IO;
with Ada.Containers.Indefinite_Ordered_Maps;
with Ada.Containers.Vectors;
with Ada.Containers.Hashed_Sets;
with Ada.Numerics.Generic_Elementary_Functions;
with Ada.Numerics.Big_Numbers.Big_Integers; use Ada.Numerics.Big_Numbers.Big_Integers;
with Ada.Strings.Unbounded; use Ada.Strings.Unbounded;
with Ada.Calendar.Formatting;
with GNAT.Regpat;

procedure Main is
   package Shapes is
      type Shape is abstract tagged null record;
      function Area (S : Shape) return Float is abstract;
      type Circle is new Shape with record Radius : Float; end record;
      overriding function Area (S : Circle) return Float is (3.141592 * S.Radius ** 2);
      type Box is new Shape with record Width, Height : Float; end record;
      overriding function Area (S : Box) return Float is (S.Width * S.Height);
   end Shapes;
   use Shapes;

   package Maps is new Ada.Containers.Indefinite_Ordered_Maps (String, Integer);
   package Numbers is new Ada.Containers.Vectors (Positive, Integer);
   package Sorting is new Numbers.Generic_Sorting;
   function Hash (N : Integer) return Ada.Containers.Hash_Type is (Ada.Containers.Hash_Type (N));
   package Sets is new Ada.Containers.Hashed_Sets (Integer, Hash, "=");
   package Functions is new Ada.Numerics.Generic_Elementary_Functions (Float);
   package Float_Text is new Ada.Text_IO.Float_IO (Float);

   protected Total is
      procedure Add (N : Integer);
      function Value return Integer;
   private
      Sum : Integer := 0;
   end Total;
   protected body Total is
      procedure Add (N : Integer) is begin Sum := Sum + N; end Add;
      function Value return Integer is (Sum);
   end Total;

   task type Worker (N : Integer);
   task body Worker is begin Total.Add (N * N); end Worker;

   Counts : Maps.Map;
   List   : Numbers.Vector;
   Seen   : Sets.Set;
   Text   : Unbounded_String;
begin
   for Word of String'("abac") loop
      declare
         Key : constant String := (1 => Word);
      begin
         if Counts.Contains (Key) then
            Counts (Key) := Counts (Key) + 1;
         else
            Counts.Insert (Key, 1);
         end if;
      end;
   end loop;
   for Position in Counts.Iterate loop
      Append (Text, Maps.Key (Position) & Integer'Image (Maps.Element (Position)) & " ");
   end loop;
   Put_Line (To_String (Text));
   for N in 1 .. 5 loop
      List.Append ((N * 7) mod 5);
      Seen.Include (N mod 3);
   end loop;
   Sorting.Sort (List);
   for N of List loop
      Put (Integer'Image (N));
   end loop;
   New_Line;
   Put_Line (Ada.Containers.Count_Type'Image (Seen.Length));
   declare
      All_Shapes : constant array (1 .. 2) of access Shape'Class := (new Circle'(Radius => 1.0), new Box'(Width => 2.0, Height => 3.0));
      Sum    : Float := 0.0;
   begin
      for S of All_Shapes loop
         Sum := Sum + S.Area;
      end loop;
      Float_Text.Put (Sum + Functions.Sqrt (4.0), Fore => 1, Aft => 3, Exp => 0);
      New_Line;
   end;
   declare
      A : Worker (3);
      B : Worker (4);
   begin
      null;
   end;
   Put_Line (Integer'Image (Total.Value) & To_String (To_Big_Integer (2) ** 70));
   Put_Line (Natural'Image (GNAT.Regpat.Match ("[0-9]+", "a1b22")));
   Put_Line (Ada.Calendar.Formatting.Image (Ada.Calendar.Formatting.Time_Of (2015, 9, 22, 16, 0, 0)));
end Main;
