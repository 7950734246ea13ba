let
  hello = "Hello World!";
in
hello
