#include <stdio.h>

constexpr int LIMIT = 3;

static bool is_even(int number) { return number % 2 == 0; }

int main() {
    auto sum = 0;
    for (int i = 0b1; i <= LIMIT; i++)
        if (!is_even(i)) sum += i;
    int *nothing = nullptr;
    typeof(sum) result = sum + (nothing == nullptr);
    printf("%d %ld\n", result, __STDC_VERSION__);
}
