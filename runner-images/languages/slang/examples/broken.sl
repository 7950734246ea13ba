define f() {
  () = printf("never\n";
