() = printf("before\n");
while (1);
