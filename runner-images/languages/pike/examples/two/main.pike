import ".";

int main() {
  write(greeting.hello("two") + "\n");
  return 0;
}
