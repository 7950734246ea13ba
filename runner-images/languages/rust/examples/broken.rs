fn main() {
    println!("{}", nobody);
}
