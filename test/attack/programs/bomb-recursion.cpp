template <typename T> struct Deeper { using type = typename Deeper<Deeper<T>>::type; };
int main () { Deeper<int>::type x; return x; }
