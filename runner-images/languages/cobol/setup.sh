# Debian's libcob was built with a libxml2 whose version number is higher than that of the installed library
# (2.12.7+really2.9.14), so libxml2 prints a warning at the start of each program. An object with an empty
# xmlCheckVersion, linked into each program, prevents the warning.
echo 'void xmlCheckVersion(int version) { (void)version; }' > /tmp/libxml.c
gcc -O2 -fPIC -c /tmp/libxml.c -o /usr/local/lib/cobol-libxml.o
