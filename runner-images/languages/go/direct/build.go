package main

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
)

// buildDirectly compiles and links with the arguments that go build passed to its tools when the image was built. The
// returned error has no details: the output of the tools is discarded.
func buildDirectly(files []string) error {
	dir, err := os.MkdirTemp("", "go-build")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	archive := filepath.Join(dir, "_pkg_.a")
	sources := make([]string, len(files))
	for i, name := range files {
		sources[i] = "./" + name
	}
	if err := run(dir, "compile", append([]string{"-o", archive, "-importcfg", recipe + "importcfg"}, sources...)); err != nil {
		return err
	}
	err = run(dir, "link", []string{"-o", program, "-importcfg", recipe + "importcfg.link", archive})
	if err != nil {
		os.Remove(program)
	}
	return err
}

// run starts a tool with its arguments from the recipe, one on each line, followed by the arguments of this build.
// Any output is an error.
func run(dir, tool string, arguments []string) error {
	text, err := os.ReadFile(recipe + tool)
	if err != nil {
		return err
	}
	words := append(strings.Split(strings.TrimSuffix(string(text), "\n"), "\n"), arguments...)
	output, err := os.Create(filepath.Join(dir, tool))
	if err != nil {
		return err
	}
	defer output.Close()
	null, err := os.Open(os.DevNull)
	if err != nil {
		return err
	}
	defer null.Close()
	process, err := os.StartProcess(words[0], words, &os.ProcAttr{
		Files: []*os.File{null, output, output},
		Env:   append(os.Environ(), "GOROOT="+goroot, "GOGC=off", "GOMEMLIMIT="+toolMemory),
	})
	if err != nil {
		return err
	}
	state, err := process.Wait()
	if err != nil {
		return err
	}
	if info, err := output.Stat(); err != nil || info.Size() > 0 || !state.Success() {
		return errors.New(tool + " failed")
	}
	return nil
}

// toolMemory is the heap size at which the tools start to collect garbage. Most builds do not reach it.
const toolMemory = "100MiB"

// goroot is the value of runtime.GOROOT that link writes into the program. setup.sh sets it.
var goroot string
