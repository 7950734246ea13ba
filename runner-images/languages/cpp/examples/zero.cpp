#include <iostream>

int main(int argc, char **)
{
    int zero = 0;
    std::cout << "before" << std::endl;
    std::cout << argc / zero << '\n';
}
