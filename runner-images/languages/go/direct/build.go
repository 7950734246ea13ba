package main

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
)

// buildDirectly compiles and links with the arguments that go build gave its tools at the image's build. An error says only that there is one:
// what the tools say is dropped.
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

// run starts a tool with the words that the recipe has for it, one a line, and then those of this build. Output counts as an error.
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

// toolMemory is where the tools begin to collect garbage: most programs never come there.
const toolMemory = "100MiB"

// goroot is what link writes into the program for runtime.GOROOT: set by setup.sh.
var goroot string
