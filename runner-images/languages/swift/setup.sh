# swiftc links with the command clang. In this image, clang starts gcc, because gcc is installed anyway.
cat > /usr/libexec/swift/bin/clang <<'END'
#!/bin/sh
for argument; do
    shift
    case $argument in
        --target=*) ;;
        *) set -- "$@" "$argument" ;;
    esac
done
exec gcc -fuse-ld=mold -Wl,--threads=1 "$@" /opt/runonce/swift-flush.o
END
chmod 755 /usr/libexec/swift/bin/clang

gcc -std=gnu17 -O2 -Wall -Wextra -Werror -D_GNU_SOURCE -c -o /opt/runonce/swift-flush.o flush.c

# Compiles the modules of the C library and the shims. Without this, they take most of the build time of a small
# program.
modules=/opt/runonce/swift-modules
mkdir /tmp/prime
cd /tmp/prime
printf 'import Foundation\nimport Dispatch\nprint("ok".uppercased())\n' > main.swift
for flags in -O -Onone; do
    swiftc $flags -module-cache-path "$modules" -o a.out main.swift
    ./a.out
done
chmod -R a+rX "$modules"
for tool in swift swiftc; do
    printf '#!/bin/sh\nexec /usr/libexec/swift/bin/%s -module-cache-path %s "$@"\n' "$tool" "$modules" > "/usr/local/bin/$tool"
    chmod 755 "/usr/local/bin/$tool"
done
