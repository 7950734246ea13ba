class MainClass {
    static int Main() {
        return 3;
    }
}
