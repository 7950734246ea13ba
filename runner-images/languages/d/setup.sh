# glot's image has dmd, whose options ldmd2 takes; both it and ldc2 read these defaults: a quicker linker, and the standard library
# shared, which has less to be linked.
sed -i 's|"-defaultlib=phobos2-ldc,druntime-ldc",|&\n        "-link-defaultlib-shared", "-linker=mold", "-L--threads=1",|' /etc/ldc2.conf
grep -q mold /etc/ldc2.conf
ln -s ldmd2 /usr/bin/dmd
