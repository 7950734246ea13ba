# ldmd2 accepts the options of dmd, which glot's image contains. ldmd2 and ldc2 both read this configuration: it
# selects a faster linker and the shared standard library, which takes less time to link.
sed -i 's|"-defaultlib=phobos2-ldc,druntime-ldc",|&\n        "-link-defaultlib-shared", "-linker=mold", "-L--threads=1",|' /etc/ldc2.conf
grep -q mold /etc/ldc2.conf
ln -s ldmd2 /usr/bin/dmd
