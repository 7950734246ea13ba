with Ada.Text_IO;

package body Greetings is
   procedure Greet (Name : String) is
   begin
      Ada.Text_IO.Put_Line ("hello " & Name);
   end Greet;
end Greetings;
