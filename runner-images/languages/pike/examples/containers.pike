int main() {
  write("%s\n", (array(string))map(({ 1, 2, 3 }), lambda(int x) { return x * x; }) * " ");
  mapping(string:int) ages = ([ "bob": 4, "ada": 3 ]);
  write("%s\n", sort(indices(ages)) * " ");
  return 0;
}
