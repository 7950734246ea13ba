Read("greeting.g");

Print(hello("two"), "\n");
