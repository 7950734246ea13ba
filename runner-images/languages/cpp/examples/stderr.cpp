#include <iostream>
int main() { std::cerr << "oops" << std::endl; }
