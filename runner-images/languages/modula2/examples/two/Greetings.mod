IMPLEMENTATION MODULE Greetings;
FROM StrIO IMPORT WriteString, WriteLn;

PROCEDURE Greet(name: ARRAY OF CHAR);
BEGIN
  WriteString('hello '); WriteString(name); WriteLn
END Greet;

END Greetings.
