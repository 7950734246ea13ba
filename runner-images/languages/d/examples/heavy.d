import std.algorithm, std.array, std.bigint, std.conv, std.datetime, std.exception, std.format, std.json, std.parallelism, std.random,
    std.range, std.regex, std.stdio, std.string, std.traits, std.typecons, std.variant;

struct Order { string customer; int cents; string[] tags; }

interface Shape { double area() const pure; }
final class Circle : Shape { double radius; this(double radius) { this.radius = radius; } double area() const pure { return 3.14159 * radius ^^ 2; } }
final class Box : Shape { double width, height; this(double width, double height) { this.width = width; this.height = height; } double area() const pure { return width * height; } }

struct Matrix(T, size_t rows, size_t columns) if (isNumeric!T)
{
    T[columns][rows] cells;

    auto opBinary(string operator : "*", size_t other)(const Matrix!(T, columns, other) right) const
    {
        Matrix!(T, rows, other) product;
        static foreach (row; 0 .. rows)
            static foreach (column; 0 .. other)
                product.cells[row][column] = iota(columns).map!(i => cells[row][i] * right.cells[i][column]).sum;
        return product;
    }
}

class Tree(K, V)
{
    private static struct Node { K key; V value; Node* left, right; }
    private Node* root;

    void opIndexAssign(V value, K key) { put(root, key, value); }

    private static void put(ref Node* node, K key, V value)
    {
        if (node is null) node = new Node(key, value);
        else if (key == node.key) node.value = value;
        else if (key < node.key) put(node.left, key, value);
        else put(node.right, key, value);
    }

    int opApply(scope int delegate(K, V) each) { return walk(root, each); }

    private static int walk(Node* node, scope int delegate(K, V) each)
    {
        if (node is null) return 0;
        if (const stopped = walk(node.left, each)) return stopped;
        if (const stopped = each(node.key, node.value)) return stopped;
        return walk(node.right, each);
    }
}

enum months = {
    string[] names;
    foreach (month; EnumMembers!Month) names ~= month.to!string.capitalize;
    return names;
}();

void main()
{
    const orders = `[{"customer": "Grace", "cents": 1250, "tags": ["a"]}, {"customer": "Ada", "cents": 499, "tags": ["b", "a"]}]`
        .parseJSON.array
        .map!(each => Order(each["customer"].str, each["cents"].integer.to!int, each["tags"].array.map!(tag => tag.str).array))
        .array;
    int[string] totals;
    foreach (order; orders) totals[order.customer] += order.cents;
    writefln("%(%s %)", totals.byPair.array.sort!((a, b) => a.value > b.value).map!(pair => format("%s %.2f", pair.key, pair.value / 100.0)));
    writeln(orders.map!(order => order.tags).joiner.array.dup.sort.uniq);
    writeln((Matrix!(int, 2, 3)([[1, 2, 3], [4, 5, 6]]) * Matrix!(int, 3, 2)([[1, 0], [0, 1], [2, 2]])).cells);
    Shape[] shapes = [cast(Shape) new Circle(1), new Box(2, 3)];
    writefln("%.3f %s", shapes.map!(shape => shape.area).sum, taskPool.reduce!"a + b"(iota(1, 101)));
    auto tree = new Tree!(string, size_t);
    foreach (place, word; "the cat and the dog".matchAll(regex(`\w+`)).map!(match => match.hit).enumerate) tree[word] = place;
    foreach (word, place; tree) write(word, "=", place, " ");
    writeln(recurrence!"a[n - 1] + a[n - 2]"(BigInt(1), BigInt(1)).drop(99).front);
    Algebraic!(int, string) either = "text";
    writeln(either.visit!((int number) => number.to!string, (string text) => text.toUpper), " ", months[1], " ", Date(2024, 2, 29) + 1.days);
    writeln(collectExceptionMsg("x1".to!int), " ", Mt19937(7).take(3).count, " ", tuple(1, "a").expand.text.replaceAll(regex(`\d`), "#"));
}
