using System;
using System.Collections.Generic;
using System.Linq;
using System.Numerics;
using System.Threading.Tasks;
using System.Xml.Linq;

class MainClass {
    static async Task<int> Sum(IEnumerable<int> numbers) {
        await Task.Delay(1);
        return numbers.Sum();
    }

    static void Main() {
        var numbers = Console.ReadLine().Split(' ').Select(int.Parse).ToList();
        var (letter, power) = (new XElement("a", "é").Value, BigInteger.Pow(2, 100));
        Console.WriteLine($"{letter} {Sum(numbers).Result} {power}");
        Console.WriteLine(string.Join(", ", Enumerable.Range(1, 3).Select(x => x * x)));
    }
}
