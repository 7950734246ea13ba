#include <iostream>

int main()
{
    int *nothing = nullptr;
    std::cout << "before" << std::endl;
    *nothing = 1;
    std::cout << *nothing << '\n';
}
