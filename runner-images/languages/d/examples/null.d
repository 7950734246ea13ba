import std.stdio;

void main()
{
    int* nothing;
    writeln("before");
    stdout.flush();
    *nothing = 1;
    writeln(*nothing);
}
