program Sums;
{$mode objfpc}{$H+}
uses
  SysUtils, Generics.Collections;
var
  numbers: specialize TList<Integer>;
  n, sum: Integer;
begin
  numbers := specialize TList<Integer>.Create;
  try
    numbers.AddRange([40, 2]);
    sum := 0;
    for n in numbers do
      sum := sum + n;
    writeln(Format('größer %d', [sum]));
  finally
    numbers.Free;
  end;
end.
