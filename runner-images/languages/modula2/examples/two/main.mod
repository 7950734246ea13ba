MODULE main;
FROM Greetings IMPORT Greet;
BEGIN
  Greet('two')
END main.
