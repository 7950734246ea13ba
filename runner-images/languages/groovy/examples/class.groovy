class Program {
    static void main(String[] args) {
        println "hello from a class"
    }
}
