#include <iostream>
#include <map>
#include <string>

int main()
{
    int requires = 1;
    std::map<std::string, int> ages{{"Ada", 36}};
    if (auto [entry, added] = ages.try_emplace("Ada", 1); !added) std::cout << entry->first << ' ' << entry->second << ' ' << requires << '\n';
    std::cout << __cplusplus << '\n';
}
