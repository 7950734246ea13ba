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

// isPlain tells whether go build would do with the files just what this program does.
func isPlain(files []string) bool {
	return len(files) > 0 && isPlainEnvironment() && isAbsent("go.mod") && isAbsent(program) &&
		!slices.ContainsFunc(files, func(name string) bool { return !isPlainName(name) }) && isPlainPackage(files)
}

func isAbsent(name string) bool {
	_, err := os.Lstat(name)
	return os.IsNotExist(err)
}

// isPlainName takes letters, digits and underscores, and no test.
func isPlainName(name string) bool {
	stem, found := strings.CutSuffix(name, ".go")
	return found && stem != "" && stem[0] != '_' && !strings.HasSuffix(stem, "_test") && !strings.ContainsFunc(stem, func(r rune) bool {
		return !(r == '_' || '0' <= r && r <= '9' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z')
	})
}

// isPlainEnvironment tells whether go's variables are the image's own.
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

// isPlainPackage reads the files as go build does, with its own package for that.
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

// infos are those of regular files; a name given twice is left to go.
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

// isPublic tells whether a program may import a package, and the image has it built.
func isPublic(path string, known []byte) bool {
	if path == "unsafe" {
		return true
	}
	elements := strings.Split(path, "/")
	return !slices.Contains(elements, "internal") && !slices.Contains(elements, "vendor") &&
		bytes.Contains(known, []byte("packagefile "+path+"="))
}
