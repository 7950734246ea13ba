#import <Foundation/Foundation.h>

int main(int argc, char **argv) {
  int *nothing = NULL;
  puts("before");
  fflush(stdout);
  *nothing = argc;
  printf("%d\n", *nothing);
  return 0;
}
