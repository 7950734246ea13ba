ln -s /opt/runonce/node-linux/bin/node /usr/local/bin/node
ln -s /opt/runonce/typescript-linux/lib/tsc /usr/local/bin/tsc
# Where the compiler, called with this as its type root, looks for @types/node and for what that imports.
mkdir -p /opt/runonce/node_modules/@types
ln -s /opt/runonce/node /opt/runonce/node_modules/@types/node
ln -s /opt/runonce/undici-types /opt/runonce/node_modules/undici-types

# The warm starter's library is compiled here; what that takes does not stay.
apt-get update
DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends gcc libc6-dev
gcc -O2 -fPIC -shared -fvisibility=hidden -Wall -Wextra -Werror -D_GNU_SOURCE -o warm/warm.so warm/warm.c
apt-get purge -y --auto-remove -o APT::AutoRemove::SuggestsImportant=false -o APT::AutoRemove::RecommendsImportant=false gcc libc6-dev
rm -rf /var/lib/apt/lists/* /var/cache/apt/* /var/cache/debconf/*-old /var/lib/dpkg/*-old /var/log/*
