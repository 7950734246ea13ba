#include <expected>
#include <generator>
#include <print>
#include <ranges>
#include <string_view>

std::generator<int> squares(int last)
{
    for (int i = 1; i <= last; i++) co_yield i * i;
}

std::expected<int, std::string_view> half(int number)
{
    if (number % 2 != 0) return std::unexpected("odd");
    return number / 2;
}

int main()
{
    for (auto [index, square] : std::views::enumerate(squares(3))) std::println("{}: {}", index, square);
    std::println("{} {}", half(4).value(), half(3).error());
}
