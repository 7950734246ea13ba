int main() {
  write("never\n"
}
