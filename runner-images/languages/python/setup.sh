# Programs and tutorials call it python; Debian calls it python3 alone.
ln -s /usr/bin/python3 /usr/local/bin/python

# The warm starter is compiled here, against this very interpreter; what that takes does not stay.
packages install gcc libc6-dev libpython3-dev
gcc -O2 -fPIC -shared -fvisibility=hidden -Wall -Wextra -Werror -D_GNU_SOURCE \
    -I"$(python3 -c 'import sysconfig; print(sysconfig.get_path("include"))')" -o warm/warm.so warm/warm.c
packages purge gcc libc6-dev libpython3-dev
