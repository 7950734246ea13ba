pub fn greet(name: &str) {
    println!("hello {name}");
}
