#import <Foundation/Foundation.h>

int main(void) {
  @autoreleasepool {
    NSData *data = [[NSFileHandle fileHandleWithStandardInput] readDataToEndOfFile];
    [[NSFileHandle fileHandleWithStandardOutput] writeData:data];
  }
  return 0;
}
