Print(ReadLine(InputTextUser()));
