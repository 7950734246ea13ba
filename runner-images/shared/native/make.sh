# Builds /opt/runonce/language/compile, the build step of a language. The setup.sh that sources this file must set:
#   driver     the compiler driver: gcc
#   language   the driver's name of the language: c
#   flags      options of the compiler
#   libraries  options for the driver that select libraries: -lm
#   needed     the libraries that nearly every program needs, in the driver's order: m c
#   headers    the headers to precompile, the largest first; can be empty
#   plugin     the option for a compiler plugin, and
#   ending     the last lines of a precompiled header, which the plugin reads; both can be empty
#   archive    a static library that is linked before the others; can be empty
#   programs   programs for the comparison with the driver
# The driver reports the commands that it would run, so this script does not depend on a version or an architecture.
native=/opt/runonce/shared/native
link='-fuse-ld=mold -Wl,--threads=1'
out=/opt/runonce/precompiled
mkdir -p "$out" /tmp/native
work=/tmp/native
: > "$work/main.$language"
# The system's include folders contain no symbolic links, so the compiler does not need to resolve their real paths.
$driver '-###' $flags -fno-canonical-system-headers -pipe $link -o a.out -x "$language" "$work/main.$language" -x none $libraries 2>&1 | grep '^ ' > "$work/commands"

# Prints a C array of the arguments.
array() {
    printf 'static const char *const %s[] = {' "$1"
    shift
    for word in "$@"; do printf '"%s", ' "$word"; done
    echo 'NULL};'
}

program() {
    readlink -f "$(command -v "$1")"
}

# Prints the compiler's arguments without those for a specific file: the names of input, output and dumps.
compiler() {
    words=
    while [ $# -gt 0 ]; do
        case $1 in
            -o | -dumpdir | -dumpbase | -dumpbase-ext) shift ;;
            "$work"/* | '|') ;;
            *) words="$words $1" ;;
        esac
        shift
    done
    array COMPILER $words
}

assembler() {
    words=$(program "$1")
    shift
    while [ $# -gt 0 ]; do
        case $1 in
            -o) shift ;;
            *) words="$words $1" ;;
        esac
        shift
    done
    array ASSEMBLER $words
}

# Prints the linker's arguments up to the object files, and those from the libraries on. The libraries are passed as
# paths, so that mold does not search for them, and without the archives that few programs need. --no-fork: mold forks
# only for callers that do not wait for its exit.
linker() {
    words="$(program mold) --no-fork"
    shift
    after=
    while [ $# -gt 0 ]; do
        case $1 in
            -plugin) shift ;;
            -plugin-opt=* | -fuse-ld=* | -L* | -l* | --push-state | --pop-state) ;;
            *.o)
                case $1 in
                    "$work"/* | /tmp/*) after=$(paths) ;;
                    *) if [ -n "$after" ]; then after="$after $1"; else words="$words $1"; fi ;;
                esac
                ;;
            *) if [ -z "$after" ]; then words="$words $1"; fi ;;
        esac
        shift
    done
    array LINKER $words
    array LIBRARIES $archive $after
}

# Prints the shared objects and archives of the needed libraries. For a linker script, prints the files that it
# contains, except those in AS_NEEDED.
paths() {
    for name in $needed; do
        file=$($driver -print-file-name="lib$name.so")
        if grep -qI GROUP "$file"; then
            for word in $(sed -n 's/AS_NEEDED *([^)]*)//; s/^GROUP *(\(.*\)).*/\1/p' "$file"); do
                case $word in
                    /*) echo "$word" ;;
                    -*) ;;
                    *) $driver -print-file-name="$word" ;;
                esac
            done
        else
            echo "$file"
        fi
    done | xargs readlink -f | tr '\n' ' '
}

table() {
    echo "#define HEADERS_FOLDER \"$out/\""
    echo 'static const struct { const char *name, *path; } HEADERS[] = {'
    for header in $headers; do
        echo "    {\"$header\", HEADERS_FOLDER \"$(basename "$header").h\"},"
    done
    echo '    {NULL, NULL}};'
}

{
    eval "compiler $(sed -n '1s/|$//p' "$work/commands")"
    eval "assembler $(sed -n 2p "$work/commands")"
    eval "linker $(sed -n 3p "$work/commands")"
    array DRIVER "$(command -v "$driver")" $flags $link -o a.out
    array DRIVER_LANGUAGE -x "$language"
    array DRIVER_LIBRARIES $archive $libraries
    table
} > "$work/recipe.h"

gcc -std=gnu17 -O2 -Wall -Wextra -Werror -D_GNU_SOURCE -I"$work" -o /opt/runonce/language/compile "$native"/*.c

for header in $headers; do
    file="$out/$(basename "$header").h"
    printf '#include <%s>\n%s\n' "$header" "$ending" > "$file"
    $driver $flags -fno-canonical-system-headers $plugin -x "$language-header" "$file" -o "$file.gch"
done

# Checks that the programs behave as those that the driver builds. Without precompiled headers, they must be
# identical; precompiled headers change the order of functions.
cd "$work"
for program in $programs; do
    /opt/runonce/language/compile "$program"
    mv a.out ours
    $driver $flags $link -o a.out -x "$language" "$program" -x none $libraries
    [ -n "$headers" ] || cmp ours a.out
    ./ours > ours.txt 2>&1
    ./a.out 2>&1 | cmp ours.txt
done
cd - > /dev/null
