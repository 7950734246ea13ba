#import <Foundation/Foundation.h>

@interface Person : NSObject
@property(copy) NSString *name;
@end

@implementation Person
@end

int main(void) {
  @autoreleasepool {
    Person *person = [[Person new] autorelease];
    person.name = @"Ada";
    printf("%s\n", [person.name UTF8String]);
  }
  return 0;
}
