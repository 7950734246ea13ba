packages install gcc libc6-dev
preload=/opt/runonce/shared/preload
compile="gcc -std=gnu17 -O2 -Wall -Wextra -Werror -D_GNU_SOURCE -I$preload"
library="$compile -fPIC -shared -fvisibility=hidden"
$library -o warm/warm.so warm/warm.c warm/companion.c stdio/stdio.c
$library -o stdio/stdio.so stdio/stdio.c $preload/forget.c
$compile -static -s -DPROGRAM='"/opt/runonce/node-linux/bin/node"' -DLIBRARY="\"$PWD/stdio/stdio.so\"" -o /usr/local/bin/node $preload/launch.c
packages purge gcc libc6-dev
