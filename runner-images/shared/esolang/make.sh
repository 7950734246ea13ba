# Compiles one of the interpreters here to /usr/local/bin; what that takes does not stay. The setup.sh that reads this has set:
#   interpreter   its name: brainfuck
apt-get update
DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends gcc libc6-dev
cd /opt/runonce/shared/esolang
gcc -std=gnu17 -O2 -Wall -Wextra -Werror -o "/usr/local/bin/$interpreter" "$interpreter.c" source.c
cd - > /dev/null
apt-get purge -y --auto-remove -o APT::AutoRemove::SuggestsImportant=false -o APT::AutoRemove::RecommendsImportant=false gcc libc6-dev
rm -rf /var/lib/apt/lists/* /var/cache/apt/* /var/cache/debconf/*-old /var/lib/dpkg/*-old /var/log/*
