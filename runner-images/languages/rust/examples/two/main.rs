mod greetings;

fn main() {
    greetings::greet("two");
}
