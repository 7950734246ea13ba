void main () {
    var numbers = new Gee.HashMap<string, int> ();
    numbers["größer"] = 42;
    foreach (var entry in numbers.entries) {
        stdout.printf ("%s: %d\n", entry.key, entry.value);
    }
}
