#import <Foundation/Foundation.h>

@interface Person : NSObject {
  NSString *_name;
  int _age;
}
@property(nonatomic, copy) NSString *name;
@property(nonatomic) int age;
@end

@implementation Person
@synthesize name = _name, age = _age;
- (void)dealloc {
  [_name release];
  [super dealloc];
}
@end

int main(void) {
  @autoreleasepool {
    Person *person = [[Person new] autorelease];
    person.name = @"Ada";
    person.age += 36;
    NSDictionary *ages = @{ person.name : @(person.age) };
    for (NSString *name in ages) printf("%s %d\n", [name UTF8String], [[ages objectForKey:name] intValue]);
  }
  return 0;
}
