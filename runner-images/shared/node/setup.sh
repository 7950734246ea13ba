ln -s /opt/runonce/node-linux/bin/node /usr/local/bin/node

# The warm starter's library is compiled here; what that takes does not stay.
packages install gcc libc6-dev
gcc -O2 -fPIC -shared -fvisibility=hidden -Wall -Wextra -Werror -D_GNU_SOURCE -o warm/warm.so warm/warm.c
packages purge gcc libc6-dev
