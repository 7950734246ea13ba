#import <Foundation/Foundation.h>

@interface Greeter : NSObject {
  NSString *name;
}
- (instancetype)initWithName:(NSString *)aName;
- (void)greet;
@end
