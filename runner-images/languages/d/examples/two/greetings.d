module greetings;

import std.stdio;

void greet(string name)
{
    writeln("hello ", name);
}
