using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using System.Text.RegularExpressions;
using System.Threading;
using System.Threading.Tasks;
using System.Xml.Linq;

public interface IShape { double Area { get; } }
public sealed class Circle : IShape { public Circle(double radius) { Radius = radius; } public double Radius { get; } public double Area => Math.PI * Radius * Radius; }
public sealed class Box : IShape { public double Width { get; set; } public double Height { get; set; } public double Area => Width * Height; }

public struct Money : IComparable<Money>, IEquatable<Money>
{
    public readonly int Cents;
    public Money(int cents) { Cents = cents; }
    public static Money operator +(Money left, Money right) => new Money(left.Cents + right.Cents);
    public int CompareTo(Money other) => Cents.CompareTo(other.Cents);
    public bool Equals(Money other) => Cents == other.Cents;
    public override string ToString() => (Cents / 100m).ToString("0.00", CultureInfo.InvariantCulture);
}

public class Order
{
    public string Customer { get; set; }
    public Money Price { get; set; }
    public string[] Tags { get; set; } = new string[0];
    public (string, int) Parts() => (Customer, Price.Cents);
}

public class Tree<TKey, TValue> : IEnumerable<KeyValuePair<TKey, TValue>> where TKey : IComparable<TKey>
{
    private class Node { public TKey Key; public TValue Value; public Node Left, Right; }
    private Node root;
    public TValue this[TKey key] { set { Put(ref root, key, value); } }

    private static void Put(ref Node node, TKey key, TValue value)
    {
        if (node == null) node = new Node { Key = key, Value = value };
        else if (key.CompareTo(node.Key) < 0) Put(ref node.Left, key, value);
        else if (key.CompareTo(node.Key) > 0) Put(ref node.Right, key, value);
        else node.Value = value;
    }

    private static IEnumerable<KeyValuePair<TKey, TValue>> Walk(Node node)
    {
        if (node == null) yield break;
        foreach (var pair in Walk(node.Left)) yield return pair;
        yield return new KeyValuePair<TKey, TValue>(node.Key, node.Value);
        foreach (var pair in Walk(node.Right)) yield return pair;
    }

    public IEnumerator<KeyValuePair<TKey, TValue>> GetEnumerator() => Walk(root).GetEnumerator();
    System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => GetEnumerator();
}

public static class Program
{
    private static async Task<int> Square(int number)
    {
        await Task.Delay(1);
        if (number == 3) throw new InvalidOperationException($"no {number}");
        return number * number;
    }

    private static async Task<string> Squares()
    {
        var parts = new List<string>();
        foreach (var number in Enumerable.Range(1, 4))
        {
            try { parts.Add((await Square(number)).ToString()); }
            catch (InvalidOperationException error) when (error.Message.EndsWith("3")) { parts.Add(error.Message); }
        }
        return string.Join(" ", await Task.WhenAll(parts.Select(part => Task.Run(() => part.ToUpperInvariant()))));
    }

    public static void Main()
    {
        var orders = new List<Order>
        {
            new Order { Customer = "Grace", Price = new Money(1250), Tags = new[] { "a" } },
            new Order { Customer = "Ada", Price = new Money(400), Tags = new[] { "b", "a" } },
            new Order { Customer = "Ada", Price = new Money(99) }
        };
        var totals = from order in orders
                     group order by order.Customer into customer
                     let sum = customer.Select(order => order.Price).Aggregate((left, right) => left + right)
                     orderby sum descending
                     select new { customer.Key, Sum = sum, Tags = customer.SelectMany(order => order.Tags).Distinct() };
        foreach (var total in totals) Console.WriteLine($"{total.Key,-6}{total.Sum,6} {string.Join(",", total.Tags)}");
        Console.WriteLine(string.Join(" ", orders.Join(new[] { "a" }, order => order.Tags.FirstOrDefault(), tag => tag, (order, tag) => order.Customer + tag)));
        Console.WriteLine(Squares().Result);
        var counts = new ConcurrentDictionary<string, int>();
        Parallel.ForEach("the cat and the dog and the bird".Split(' '), word => counts.AddOrUpdate(word, 1, (_, count) => count + 1));
        var tree = new Tree<string, int>();
        foreach (var pair in counts) tree[pair.Key] = pair.Value;
        Console.WriteLine(tree.Aggregate(new StringBuilder(), (text, pair) => text.AppendFormat("{0}={1} ", pair.Key, pair.Value)));
        IShape[] shapes = { new Circle(1), new Box { Width = 2, Height = 3 } };
        foreach (var shape in shapes)
        {
            var circle = shape as Circle;
            var box = shape as Box;
            Console.Write(circle != null ? $"circle {circle.Radius} " : $"box {box?.Width}x{box?.Height} ");
        }
        var (name, cents) = orders[0].Parts();
        (int low, int high) = (orders.Min(order => order.Price.Cents), orders.Max(order => order.Price.Cents));
        Console.WriteLine($"{shapes.AsParallel().Sum(shape => shape.Area):F3} {name} {cents} {low} {high}");
        var xml = new XElement("orders", orders.Select(order => new XElement("order", new XAttribute("by", order.Customer), order.Price)));
        Console.WriteLine(xml.Elements().Where(element => (string)element.Attribute("by") == "Ada").Sum(element => (decimal)element).ToString(CultureInfo.InvariantCulture));
        Console.WriteLine(Regex.Replace("2024-02-29", @"(?<year>\d+)-(?<month>\d+)", match => match.Groups["month"].Value + "/" + match.Groups["year"].Value));
    }
}
