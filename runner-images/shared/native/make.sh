# Makes /opt/runonce/language/compile, a language's build step, at its image's build. The setup.sh that reads this has set:
#   driver     the compiler's driver: gcc
#   language   what the driver calls the language: c
#   flags      the compiler's
#   libraries  what the driver is told to link with: -lm
#   needed     the libraries that nearly every program needs, in the driver's order: m c
#   headers    what to precompile, those that hold more first; may be empty
#   plugin     a compiler plugin's flag, and
#   ending     the last lines of a precompiled header, which the plugin reads; both may be empty
#   archive    a static library that is linked before the others; may be empty
#   programs   which must come out as the driver builds them
# What the driver would run, with all arguments, it says itself: nothing here knows a version or an architecture.
native=/opt/runonce/shared/native
link='-fuse-ld=mold -Wl,--threads=1'
out=/opt/runonce/precompiled
mkdir -p "$out" /tmp/native
work=/tmp/native
: > "$work/main.$language"
# The system's include folders hold no symbolic links: asking for their real paths finds them as they were.
$driver '-###' $flags -fno-canonical-system-headers -pipe $link -o a.out -x "$language" "$work/main.$language" -x none $libraries 2>&1 | grep '^ ' > "$work/commands"

# A C array of the words.
array() {
    printf 'static const char *const %s[] = {' "$1"
    shift
    for word in "$@"; do printf '"%s", ' "$word"; done
    echo 'NULL};'
}

program() {
    readlink -f "$(command -v "$1")"
}

# Without what is said of the one file: names of input, output and dumps.
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

# As far as the objects, and from the libraries on. The libraries are named by their paths: no search, and no archive of helpers that
# few programs need. No fork either: mold's is for those who do not wait for its end.
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

# The shared objects and archives of the needed libraries: what a linker script names of them, but for what it wants only as needed.
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

# The same program comes out: byte by byte, where no header stands compiled already and puts its functions in another order.
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
