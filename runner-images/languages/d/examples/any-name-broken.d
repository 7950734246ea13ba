import std.stdio;

void main()
{
    writeln(nobody);
}
