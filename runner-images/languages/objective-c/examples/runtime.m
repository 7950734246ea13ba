#include <objc/objc.h>
#include <objc/runtime.h>
#include <stdio.h>

__attribute__((objc_root_class))
@interface Greeter
+ (void)greet;
@end

@implementation Greeter
+ (void)greet {
  puts("hello object");
}
@end

int main(void) {
  [Greeter greet];
  return 0;
}
