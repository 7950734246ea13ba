#include <chrono>
#include <iostream>
#include <regex>
#include <string>

int main()
{
    using namespace std::chrono;
    const zoned_time time{"America/New_York", sys_seconds{seconds{1442937600}}};
    std::cout << std::regex_replace(std::string("a1b2"), std::regex("[0-9]"), "#") << time << '\n';
}
