ln -s /opt/runonce/typescript-linux/lib/tsc /usr/local/bin/tsc
# Creates the type root of the compiler, where it finds @types/node and its dependencies.
mkdir -p /opt/runonce/node_modules/@types
ln -s /opt/runonce/node /opt/runonce/node_modules/@types/node
ln -s /opt/runonce/undici-types /opt/runonce/node_modules/undici-types
node strip.cjs /opt/runonce/node /opt/runonce/undici-types /opt/runonce/typescript-linux/lib
