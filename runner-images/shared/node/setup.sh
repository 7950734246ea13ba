packages install gcc libc6-dev
compile='gcc -std=gnu17 -O2 -Wall -Wextra -Werror -D_GNU_SOURCE -I/opt/runonce/shared/preload'
library="$compile -fPIC -shared -fvisibility=hidden"
$library -o warm/warm.so warm/warm.c warm/companion.c stdio/stdio.c
$library -o stdio/stdio.so stdio/stdio.c stdio/forget.c
$compile -static -s -o /usr/local/bin/node stdio/node.c
packages purge gcc libc6-dev
