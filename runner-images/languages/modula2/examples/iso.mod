MODULE iso;
FROM STextIO IMPORT WriteString, WriteLn;
FROM SWholeIO IMPORT WriteInt;
BEGIN
  WriteString('größer '); WriteInt(42, 1); WriteLn
END iso.
