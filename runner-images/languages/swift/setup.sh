# swiftc links by what it calls clang. That is gcc here, which serves for this and is there anyway.
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

# The C library's and the shims' modules are compiled once, here: most of what a small program's build would wait for.
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
