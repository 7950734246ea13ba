# Hare's resolver reads the hosts file, which is empty in a container without a network. Replaces its path by that of
# the file `hosts` in this folder, which contains localhost and the default host name.
for file in $(grep -rl '"/etc/hosts"' /usr/share/hare/stdlib/unix/hosts); do
    sed -i 's|"/etc/hosts"|"/opt/runonce/language/hosts"|' "$file"
done
grep -rq /opt/runonce/language/hosts /usr/share/hare/stdlib/unix/hosts

# Compiles the standard library. hare locks and replaces files in its cache and compares their modification times.
# Therefore the wrapper creates a writable cache folder for each build: links to the compiled files, all with the same
# modification time, and copies of the few files that hare opens for writing. hare uses the path of this folder in its
# lookups, so the path is the same here.
export HARECACHE=/tmp/hare
mkdir /tmp/prime
cd /usr/share/hare/stdlib
for module in $(find . -name '*.ha' -printf '%h\n' | sort -u | sed 's|^\./||; s|/|::|g'); do
    case $module in
        .|cmd*|*::+*|+*|rt*|*test*) continue ;;
    esac
    printf 'use %s;\nexport fn main() void = void;\n' "$module" > /tmp/prime/main.ha
    if ! (cd /tmp/prime && hare build -q -o a.out main.ha); then echo "$module: not in the cache" >&2; fi
done
cd /opt/runonce/language
mkdir /tmp/hello
cp hello.ha /tmp/hello/main.ha
(cd /tmp/hello && hare build -q -o a.out main.ha && ./a.out)
rm -rf "$HARECACHE/tmp"
find "$HARECACHE" -type f \( -name '*.lock' -o -name '*.tmp' -o -name '*.log' -o -name '*.o.txt' -o -name '*.s.txt' -o -name '*.ssa.txt' \) -delete
mv "$HARECACHE" /opt/runonce/hare-cache
cp -rs /opt/runonce/hare-cache /opt/runonce/hare-links
cd /opt/runonce/hare-cache
find . -name 'deps*.txt' -exec cp --remove-destination --parents -t /opt/runonce/hare-links {} +
find . -name 'deps*.txt' -delete
touch /tmp/now
find /opt/runonce/hare-links -exec touch -h -r /tmp/now {} +
chmod -R a+rX /opt/runonce/hare-cache /opt/runonce/hare-links

cat > /usr/local/bin/hare <<'END'
#!/bin/sh
export HARECACHE="${HARECACHE:-/tmp/hare}"
if [ ! -d "$HARECACHE" ]; then cp -rP --preserve=timestamps /opt/runonce/hare-links "$HARECACHE"; fi
exec /usr/bin/hare "$@"
END
chmod 755 /usr/local/bin/hare
