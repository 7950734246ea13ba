// Like sample.cpp, for `<regex>`: uses templates that instances.cc compiles and templates that it does
// not compile.
#include <regex>
#include <iostream>
#include <string>
#include <vector>

int main()
{
    const std::string text = "Ada 1815-12-10, Grace 1906-12-09";
    const std::regex date("(\\d{4})-(\\d{2})-(\\d{2})", std::regex::optimize);
    for (std::sregex_iterator match(text.begin(), text.end(), date), end; match != end; ++match)
        std::cout << match->position() << ' ' << (*match)[1] << ' ' << match->format("$3.$2.") << match->suffix() << '\n';
    const std::regex comma(", ");
    for (std::sregex_token_iterator part(text.begin(), text.end(), comma, -1), end; part != end; ++part) std::cout << *part << '\n';
    std::cmatch match;
    std::cout << std::regex_match("aXbXa", match, std::regex("(a)X(.)X\\1", std::regex::icase)) << match.size() << '\n';
    std::cout << std::regex_replace(text, std::regex("[[:alpha:]]+|[^-[:space:]]", std::regex::extended), "<$&>") << '\n';
    std::cout << std::regex_search("xay", std::regex("a|b", std::regex::basic | std::regex::collate)) << std::regex_search("ab", std::regex("(?=a)\\bab\\b(?!c)")) << '\n';
    const std::wstring wide = L"wide 12";
    std::wsmatch found;
    std::cout << std::regex_search(wide, found, std::wregex(L"[0-9]+")) << found.position() << '\n';
    const std::vector<char> letters{'a', 'b', '1'};
    std::cout << std::regex_search(letters.begin(), letters.end(), std::regex("[0-9]", std::regex::nosubs | std::regex::awk)) << '\n';
    try { std::regex broken("(a"); } catch (const std::regex_error &error) { std::cerr << (error.code() == std::regex_constants::error_paren) << error.what() << '\n'; }
}
