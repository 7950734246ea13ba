using Gee;

interface Shape : Object {
    public abstract double area ();
}

class Circle : Object, Shape {
    public double radius { get; construct; }
    public Circle (double radius) { Object (radius: radius); }
    public double area () { return Math.PI * radius * radius; }
}

class Box : Object, Shape {
    public double width { get; set; }
    public double height { get; set; }
    public Box (double width, double height) { this.width = width; this.height = height; }
    public double area () { return width * height; }
}

errordomain ParseError { BAD }

class Order : Object {
    public string customer;
    public int cents;
    public Order (string line) throws ParseError {
        MatchInfo match;
        try {
            if (!new Regex ("^(\\w+) (\\d+)$").match (line, 0, out match)) throw new ParseError.BAD ("bad line: %s", line);
        } catch (RegexError error) {
            throw new ParseError.BAD (error.message);
        }
        customer = match.fetch (1);
        cents = int.parse (match.fetch (2));
    }
}

async int square (int n) {
    Idle.add (square.callback);
    yield;
    return n * n;
}

void main () {
    var orders = new ArrayList<Order> ();
    foreach (var line in "Ada 499\nGrace 1250\nnothing".split ("\n")) {
        try {
            orders.add (new Order (line));
        } catch (ParseError error) {
            print ("%s\n", error.message);
        }
    }
    orders.sort ((a, b) => b.cents - a.cents);
    foreach (var order in orders) print ("%s %.2f\n", order.customer, order.cents / 100.0);
    var shapes = new ArrayList<Shape>.wrap ({new Circle (1), new Box (2, 3)});
    print ("%.3f\n", shapes.fold<double?> ((shape, sum) => sum + shape.area (), 0.0));
    var counts = new TreeMap<string, int> ();
    foreach (var word in "a b a c".split (" ")) counts[word] = (counts.has_key (word) ? counts[word] : 0) + 1;
    foreach (var entry in counts.entries) print ("%s%d ", entry.key, entry.value);
    print ("\n");
    var loop = new MainLoop ();
    square.begin (7, (object, result) => {
        print ("%d\n", square.end (result));
        loop.quit ();
    });
    loop.run ();
    print ("%s\n", new DateTime.utc (2015, 9, 22, 16, 0, 0).format ("%F %T"));
}
