# Images without gcc use flush.c only.
if ! command -v gcc > /dev/null; then exit 0; fi
# Must run after the setup of gcc or native, which creates the specs file. The name of this folder ensures the order.
gcc -std=gnu17 -O2 -fPIC -Wall -Wextra -Werror -D_GNU_SOURCE -c -o flush.o flush.c
specs=$(dirname "$(gcc -print-libgcc-file-name)")/specs
sed -i "/^\*startfile:/{n;s|\$| %{!shared:%{!nodefaultlibs:%{!nolibc:$PWD/flush.o}}}|}" "$specs"
grep -q "$PWD/flush.o" "$specs"
