int main(int argc, array(string) argv) {
  write(argv[1..] * "|" + "\n");
  return 0;
}
