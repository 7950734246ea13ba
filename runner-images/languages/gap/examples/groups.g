Print(Size(SymmetricGroup(5)), "\n");
Print(Factors(120), "\n");
