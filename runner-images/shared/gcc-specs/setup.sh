# At -O2, gcc replaces a division by zero or a null write that it detects by an invalid instruction. Without this
# optimization, the program terminates with the expected signal: SIGFPE or SIGSEGV. gcc reads its specs from this file,
# regardless of the command that starts gcc.
option=isolate-erroneous-paths-dereference
gcc -dumpspecs | sed "/^\*cc1_options:/{n;s/\$/ %{!f$option:-fno-$option}/}" > /tmp/specs
grep -q "fno-$option" /tmp/specs
mv /tmp/specs "$(dirname "$(gcc -print-libgcc-file-name)")/specs"
