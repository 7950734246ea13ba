# Compiles what every program needs: the syntax trees of the library, and the compiler's runtime. zig locks the files
# in its cache, so the wrapper creates a copy of the cache for each build. The cache also contains the programs that
# `zig run` builds, so it is in the home directory, where files can be executed. The syntax trees are in /tmp, because
# they are the largest part.
#
# The library has a neutral path, because stack traces can contain it.
mkdir -p /usr/lib/zig
ln -s /opt/runonce/ziglang/ziglang/lib /usr/lib/zig/lib
cat > /usr/local/bin/zig <<'END'
#!/bin/sh
export ZIG_LIB_DIR=/usr/lib/zig/lib
export ZIG_GLOBAL_CACHE_DIR="${ZIG_GLOBAL_CACHE_DIR:-$HOME/.cache/zig}"
export ZIG_LOCAL_CACHE_DIR="${ZIG_LOCAL_CACHE_DIR:-$ZIG_GLOBAL_CACHE_DIR}"
if [ ! -d "$ZIG_GLOBAL_CACHE_DIR" ]; then
    mkdir -p "$ZIG_GLOBAL_CACHE_DIR" /tmp/zig-trees
    ln -s /tmp/zig-trees "$ZIG_GLOBAL_CACHE_DIR/z"
    if [ -d /opt/runonce/zig-cache ]; then
        cp -r /opt/runonce/zig-cache/. "$ZIG_GLOBAL_CACHE_DIR"
        cp -r /opt/runonce/zig-trees/. /tmp/zig-trees
    fi
fi
exec /opt/runonce/ziglang/ziglang/zig "$@"
END
chmod 755 /usr/local/bin/zig

mkdir /tmp/hello
cp hello.zig /tmp/hello/main.zig
cd /tmp/hello
zig build-exe main.zig -femit-bin=a.out
./a.out
mkdir /opt/runonce/zig-cache
cp -r "$HOME/.cache/zig/b" "$HOME/.cache/zig/h" "$HOME/.cache/zig/o" /opt/runonce/zig-cache
cp -r /tmp/zig-trees /opt/runonce/zig-trees
chmod -R a+rX /opt/runonce/zig-cache /opt/runonce/zig-trees
