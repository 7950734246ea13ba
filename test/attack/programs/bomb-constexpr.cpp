constexpr unsigned long spin (unsigned long n) { for (unsigned long i = 0; i < 200000; i++) n = n * 31 + i; return n; }
template <int N> constexpr unsigned long again () { if constexpr (N == 0) return 1; else return spin(again<N - 1>()); }
constexpr unsigned long value = again<800>();
int main () { return static_cast<int>(value); }
