# Programs and their authors call it tclsh; Debian gives that name to the older Tcl.
ln -s tclsh9.0 /usr/bin/tclsh
