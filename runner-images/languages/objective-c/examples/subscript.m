#import <Foundation/Foundation.h>

int main(void) {
  @autoreleasepool {
    NSArray *numbers = @[ @1, @2 ];
    NSNumber *second = numbers[1];
    printf("%d\n", [second intValue]);
  }
  return 0;
}
