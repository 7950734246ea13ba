() = printf("Hello World!\n");
