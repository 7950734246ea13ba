mod shapes;

use shapes::Square;
use std::collections::HashMap;

fn main() {
    let mut areas = HashMap::new();
    areas.insert("square", Square { side: 2 }.area());
    println!("{} {}", areas.len() + 2, areas["square"]);
}
