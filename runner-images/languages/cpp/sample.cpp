// Uses a large part of the standard library. setup.sh compares the program with and without the precompiled headers.
#include <bits/stdc++.h>

struct Shape { virtual ~Shape() = default; virtual double area() const = 0; };
struct Square : Shape { double side; explicit Square(double side) : side(side) {} double area() const override { return side * side; } };

template <> struct std::hash<std::pair<int, int>> {
    size_t operator()(const std::pair<int, int> &pair) const { return pair.first * 31u + pair.second; }
};

int main()
{
    std::unordered_map<std::pair<int, int>, std::string> names{{{1, 2}, "one two"}, {{3, 4}, "three four"}};
    std::map<std::string, std::vector<long>> sorted;
    for (const auto &[pair, name] : names) sorted[name].push_back(pair.first + pair.second);
    std::vector<std::unique_ptr<Shape>> shapes;
    for (int i : std::views::iota(1, 5) | std::views::filter([](int n) { return n % 2 == 0; })) shapes.push_back(std::make_unique<Square>(i));
    const std::regex words("[a-z]+");
    std::string text = "some words, and 3 numbers: 1 2";
    for (std::sregex_iterator match(text.begin(), text.end(), words), end; match != end; ++match) std::cout << match->str() << ' ';
    std::cout << std::format("{:>8.3f} {:#x}\n", std::accumulate(shapes.begin(), shapes.end(), 0.0, [](double sum, const auto &shape) { return sum + shape->area(); }), 255);
    std::atomic<int> done = 0;
    { std::jthread thread([&] { done = 1; }); }
    std::future<int> answer = std::async(std::launch::deferred, [] { return 42; });
    std::variant<int, std::string> either = "text";
    std::visit([](const auto &value) { std::cout << value << '\n'; }, either);
    std::wstring_convert<std::codecvt_utf8<wchar_t>> convert;
    std::osyncstream(std::cout) << std::setw(5) << std::filesystem::path("/a/b").filename() << convert.from_bytes("é").size() << answer.get() << done << '\n';
    std::mt19937 random(7);
    std::shuffle(text.begin(), text.end(), random);
    std::stringstream stream(text);
    stream.imbue(std::locale::classic());
    try { (void)std::any_cast<int>(std::any(stream.str())); } catch (const std::bad_any_cast &error) { std::cerr << error.what() << '\n'; }
    std::cout << std::chrono::sys_days(std::chrono::year(2024) / 2 / 29) << ' ' << std::chrono::duration<double>(1.5) << '\n';
}
