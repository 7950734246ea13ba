package main

import (
	"bytes"
	"encoding/json"
	"go/build"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// isPlain reports whether go build would run exactly the commands that this program runs.
func isPlain(files []string) bool {
	return len(files) > 0 && isPlainEnvironment() && isAbsent("go.mod") && isAbsent(program) &&
		!slices.ContainsFunc(files, func(name string) bool { return !isPlainName(name) }) && isPlainPackage(files)
}

func isAbsent(name string) bool {
	_, err := os.Lstat(name)
	return os.IsNotExist(err)
}

// isPlainName reports whether the name consists of letters, digits and underscores and is not the name of a test.
func isPlainName(name string) bool {
	stem, found := strings.CutSuffix(name, ".go")
	return found && stem != "" && stem[0] != '_' && !strings.HasSuffix(stem, "_test") && !strings.ContainsFunc(stem, func(r rune) bool {
		return !(r == '_' || '0' <= r && r <= '9' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z')
	})
}

// isPlainEnvironment reports whether go's environment variables are those of the image.
func isPlainEnvironment() bool {
	var language struct{ Env map[string]string }
	text, err := os.ReadFile("/opt/runonce/language/language.json")
	if err != nil || json.Unmarshal(text, &language) != nil {
		return false
	}
	for _, variable := range os.Environ() {
		name, value, _ := strings.Cut(variable, "=")
		if strings.HasPrefix(name, "GO") || strings.HasPrefix(name, "CGO_") {
			if own, found := language.Env[name]; !found || own != value {
				return false
			}
		}
	}
	return true
}

// isPlainPackage reads the files with go/build, the package that go build uses.
func isPlainPackage(files []string) bool {
	dir, err := os.Getwd()
	if err != nil {
		return false
	}
	context := build.Default
	context.ReadDir = func(string) ([]fs.FileInfo, error) { return infos(files) }
	p, err := context.ImportDir(dir, 0)
	if err != nil || p.Name != "main" || p.ImportComment != "" || len(p.GoFiles) != len(files) {
		return false
	}
	if len(p.Directives) > 0 || len(p.EmbedPatterns) > 0 {
		return false
	}
	known, err := os.ReadFile(filepath.Join(recipe, "importcfg"))
	return err == nil && !slices.ContainsFunc(p.Imports, func(path string) bool { return !isPublic(path, known) })
}

// infos returns the file infos of regular files. It fails if a name occurs twice, so that go handles this case.
func infos(files []string) (list []fs.FileInfo, err error) {
	for i, name := range files {
		info, err := os.Lstat(name)
		if err != nil || !info.Mode().IsRegular() || slices.Contains(files[:i], name) {
			return nil, fs.ErrInvalid
		}
		list = append(list, info)
	}
	return list, nil
}

// isPublic reports whether a program may import the package and the image contains it in compiled form.
func isPublic(path string, known []byte) bool {
	if path == "unsafe" {
		return true
	}
	elements := strings.Split(path, "/")
	return !slices.Contains(elements, "internal") && !slices.Contains(elements, "vendor") &&
		bytes.Contains(known, []byte("packagefile "+path+"="))
}
