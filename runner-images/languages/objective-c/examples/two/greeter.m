#import "greeter.h"

@implementation Greeter
- (instancetype)initWithName:(NSString *)aName {
  if ((self = [super init])) name = [aName copy];
  return self;
}

- (void)greet {
  printf("hello %s\n", [name UTF8String]);
}

- (void)dealloc {
  [name release];
  [super dealloc];
}
@end
