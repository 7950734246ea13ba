import std.stdio;

void main(string[] arguments)
{
    int zero;
    writeln("before");
    stdout.flush();
    writeln(arguments.length / zero);
}
