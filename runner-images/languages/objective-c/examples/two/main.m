#import "greeter.h"

int main(void) {
  @autoreleasepool {
    Greeter *greeter = [[[Greeter alloc] initWithName:@"two"] autorelease];
    [greeter greet];
  }
  return 0;
}
