template <int N, int M> struct Bomb { static constexpr int value = Bomb<N - 1, M * 2>::value + Bomb<N - 1, M * 2 + 1>::value; };
template <int M> struct Bomb<0, M> { static constexpr int value = M; };
int main () { return Bomb<28, 1>::value; }
