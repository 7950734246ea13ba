int main() {
  write(Stdio.stdin->gets() + "\n");
  return 0;
}
