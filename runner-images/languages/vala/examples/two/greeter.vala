class Greeter {
    private string name;

    public Greeter (string name) {
        this.name = name;
    }

    public void greet () {
        print ("hello %s\n", name);
    }
}
