#include <bits/stdc++.h>
int main() {
  std::map<std::string, int> counts; std::string word; long words = 0;
  while (std::cin >> word) { counts[word]++; words++; }
  unsigned long total = 0;
  for (unsigned long i = 0; i < 10000000; i++) total = (total * 31 + i) % 1000003;
  std::cout << "Hello " << words << ' ' << counts.size() << ' ' << total << '\n';
}
