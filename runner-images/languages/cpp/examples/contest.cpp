#include <bits/stdc++.h>
using namespace std;

int main()
{
    string text = "12-ab 3-c";
    regex pair("(\\d+)-(\\w+)");
    smatch match;
    bool found = regex_search(text, match, pair);
    cout << match[1] << ' ' << match[2] << '\n' << found << format("{:>5}", 42) << '\n';
}
