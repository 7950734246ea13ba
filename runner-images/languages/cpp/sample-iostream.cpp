// Like sample.cpp, but includes single headers.
#include <iostream>
#include <algorithm>
#include <map>
#include <sstream>
#include <string>
#include <vector>

class Account {
public:
    explicit Account(std::string owner) : owner(std::move(owner)) {}
    Account &operator+=(long cents) { if (cents < 0) throw std::invalid_argument(owner + ": negative"); balance += cents; return *this; }
    friend std::ostream &operator<<(std::ostream &out, const Account &account) { return out << account.owner << '=' << account.balance; }
private:
    std::string owner;
    long balance = 0;
};

int main()
{
    std::map<std::string, Account> accounts;
    std::istringstream input("ann 5 bob 7 ann 3 bob -1");
    std::string name;
    for (long cents; input >> name >> cents;) {
        try { accounts.try_emplace(name, name).first->second += cents; } catch (const std::invalid_argument &error) { std::cerr << error.what() << std::endl; }
    }
    std::vector<std::string> lines;
    for (const auto &[key, account] : accounts) { std::ostringstream line; line << account; lines.push_back(line.str()); }
    std::sort(lines.rbegin(), lines.rend());
    for (const auto &line : lines) std::cout << line << std::hex << line.size() << '\n';
    std::wcout << L"wide" << std::endl;
}
