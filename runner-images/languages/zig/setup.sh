# What every program needs is compiled once, here: the library's syntax trees and the compiler's runtime. zig locks the files of its
# cache, so a build gets a copy: the wrapper makes it, for whoever calls zig. Programs that `zig run` builds are in it too, so that
# it is at home, where they may be executed; but for the trees, which take most of the room.
# The library goes by a name that may stand in traces.
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
