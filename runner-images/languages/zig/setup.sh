# What every program needs is compiled once, here: the library's syntax trees and the compiler's runtime. zig locks the files of its
# cache, so a build gets a copy: the wrapper makes it, for whoever calls zig. The library goes by a name that may stand in traces.
mkdir -p /usr/lib/zig
ln -s /opt/runonce/ziglang/ziglang/lib /usr/lib/zig/lib
cat > /usr/local/bin/zig <<'END'
#!/bin/sh
export ZIG_LIB_DIR=/usr/lib/zig/lib
export ZIG_GLOBAL_CACHE_DIR="${ZIG_GLOBAL_CACHE_DIR:-/tmp/zig}"
export ZIG_LOCAL_CACHE_DIR="${ZIG_LOCAL_CACHE_DIR:-$ZIG_GLOBAL_CACHE_DIR}"
if [ ! -d "$ZIG_GLOBAL_CACHE_DIR" ]; then
    mkdir "$ZIG_GLOBAL_CACHE_DIR"
    if [ -d /opt/runonce/zig-cache ]; then cp -r /opt/runonce/zig-cache/. "$ZIG_GLOBAL_CACHE_DIR"; fi
fi
exec /opt/runonce/ziglang/ziglang/zig "$@"
END
chmod 755 /usr/local/bin/zig

mkdir /tmp/hello
cp hello.zig /tmp/hello/main.zig
cd /tmp/hello
zig build-exe main.zig -femit-bin=a.out
./a.out
rm -rf /tmp/zig/tmp
find /tmp/zig -name '*_zcu.o' -delete
cp -r /tmp/zig /opt/runonce/zig-cache
chmod -R a+rX /opt/runonce/zig-cache
