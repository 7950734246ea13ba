// Builds the payload's Go files, all arguments of this program, into ./a.out: what go build does for a program of one package that
// imports the standard library alone, by the same commands, without finding out each time what has long been built. For anything
// else, and whenever something is to be said, build asks go itself.
package main

import (
	"os"
	"syscall"
)

const (
	fallback = "/opt/runonce/language/build"
	recipe   = "/opt/runonce/direct/"
	program  = "a.out"
)

func main() {
	files := os.Args[1:]
	if !isPlain(files) || buildDirectly(files) != nil {
		err := syscall.Exec("/bin/sh", append([]string{"sh", fallback}, files...), os.Environ())
		os.Stderr.WriteString("sh: " + err.Error() + "\n")
		os.Exit(127)
	}
}
