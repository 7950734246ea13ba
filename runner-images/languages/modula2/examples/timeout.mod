MODULE hello;
FROM StrIO IMPORT WriteString, WriteLn;
VAR i: CARDINAL;
BEGIN
  WriteString('before'); WriteLn;
  LOOP i := 1 END
END hello.
