# Debian's libcob was built against a libxml2 that calls itself newer than it is (2.12.7+really2.9.14): every program would begin
# with libxml2's warning of that. A program that has this function of its own is not asked.
echo 'void xmlCheckVersion(int version) { (void)version; }' > /tmp/libxml.c
gcc -O2 -fPIC -c /tmp/libxml.c -o /usr/local/lib/cobol-libxml.o
