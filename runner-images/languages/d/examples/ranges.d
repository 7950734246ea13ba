import std.algorithm, std.array, std.range, std.stdio;

void main()
{
    auto sum = iota(1, 10).filter!(n => n % 2 == 0 || n == 7).sum;
    writeln("groß".replace("oß", "öß"), "er ", sum);
}
