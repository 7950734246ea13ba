using System;

class MainClass {
    static void Main() {
        Console.WriteLine(Greeting.For("glot"));
    }
}
