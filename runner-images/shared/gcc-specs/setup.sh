# At -O2 gcc turns a division by zero and a null write that it can see into an invalid instruction. Without that the program ends
# by the signal that its author expects: SIGFPE, SIGSEGV. gcc takes its specs from this file, whatever command starts it.
option=isolate-erroneous-paths-dereference
gcc -dumpspecs | sed "/^\*cc1_options:/{n;s/\$/ %{!f$option:-fno-$option}/}" > /tmp/specs
grep -q "fno-$option" /tmp/specs
mv /tmp/specs "$(dirname "$(gcc -print-libgcc-file-name)")/specs"
