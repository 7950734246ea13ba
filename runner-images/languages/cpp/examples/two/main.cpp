#include <iostream>
#include "greet.hpp"
int main() { std::cout << hello("two") << "\n"; }
