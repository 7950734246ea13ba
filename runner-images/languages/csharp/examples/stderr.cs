using System;

class MainClass {
    static void Main() {
        Console.Error.WriteLine("oops");
    }
}
