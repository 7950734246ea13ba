void main () {
    new Greeter ("two").greet ();
}
