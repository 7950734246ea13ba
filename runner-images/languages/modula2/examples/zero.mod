MODULE zero;
FROM StrIO IMPORT WriteString, WriteLn;
FROM NumberIO IMPORT WriteInt;
VAR a, b: INTEGER;
BEGIN
  WriteString('before'); WriteLn;
  a := 5; b := 0;
  WriteInt(a DIV b, 1); WriteLn
END zero.
