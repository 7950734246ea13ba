# Programs use the command tclsh, which in Debian is an older version of Tcl.
ln -s tclsh9.0 /usr/bin/tclsh
