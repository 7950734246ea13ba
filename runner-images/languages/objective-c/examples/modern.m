#import <Foundation/Foundation.h>

int main(void) {
  @autoreleasepool {
    NSArray *words = @[ @"größer", @"kleiner" ];
    printf("%s\n", [[words componentsJoinedByString:@", "] UTF8String]);
    int (^add)(int, int) = ^(int a, int b) { return a + b; };
    @try {
      if ([[@{ @"forty": @40 } objectForKey:@"forty"] intValue] == 40) [NSException raise:@"Sum" format:@"%d", add(40, 2)];
    } @catch (NSException *exception) {
      printf("%s\n", [[exception reason] UTF8String]);
    }
  }
  return 0;
}
