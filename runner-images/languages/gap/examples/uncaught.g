Print("before\n");
Print(1 / 0);
Print("never\n");
