#import <Foundation/Foundation.h>

int main(void) {
  nobody();
  return 0;
}
