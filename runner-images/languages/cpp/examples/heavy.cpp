#include <bits/stdc++.h>
using namespace std;

struct Visit {
    chrono::sys_seconds when;
    string host;
    int bytes;
};

optional<Visit> parse(const string &line)
{
    static const regex form(R"((\d+) ([\w.-]+) (\d+))");
    smatch match;
    if (!regex_match(line, match, form)) return nullopt;
    return Visit{chrono::sys_seconds{chrono::seconds{stoll(match[1])}}, match[2], stoi(match[3])};
}

int main()
{
    const string log = "1442937600 web.example 120\nno visit\n1442937660 api.example 80\n1442941200 web.example 40\n";
    auto visits = log | views::split('\n')
        | views::transform([](auto line) { return parse(string(line.begin(), line.end())); })
        | views::filter([](const auto &visit) { return visit.has_value(); })
        | views::transform([](const auto &visit) { return *visit; })
        | ranges::to<vector>();
    map<string, future<int>> totals;
    mutex guard;
    int counted = 0;
    for (const string host : {"api.example", "web.example"}) {
        totals[host] = async(launch::async, [&, host] {
            int sum = 0;
            for (const Visit &visit : visits | views::filter([&](const Visit &visit) { return visit.host == host; })) {
                sum += visit.bytes;
                lock_guard lock(guard);
                counted++;
            }
            return sum;
        });
    }
    for (auto &[host, total] : totals) cout << format("{:<12}{:>6}\n", host, total.get());
    jthread([&] { cout << counted << " visits\n"; }).join();
    cout << regex_replace("a1b22", regex("[0-9]+"), "#") << ' ' << chrono::zoned_time{"UTC", visits.front().when} << '\n';
    ranges::sort(visits, greater{}, &Visit::bytes);
    println("{} {:%Y-%m-%d %T}", visits.front().host, visits.back().when);
}
