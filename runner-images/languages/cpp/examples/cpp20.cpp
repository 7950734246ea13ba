#include <algorithm>
#include <iostream>
#include <ranges>
#include <vector>
int main() {
    std::vector<int> numbers{3, 1, 2};
    std::ranges::sort(numbers);
    for (int n : numbers | std::views::transform([](int n) { return n * n; })) std::cout << n << "\n";
}
