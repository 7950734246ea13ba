print("Hello World!");
