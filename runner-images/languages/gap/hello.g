Print("Hello World!\n");
