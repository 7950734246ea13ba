using System;

class MainClass {
    static void Main() {
        Console.WriteLine("x")
    }
}
