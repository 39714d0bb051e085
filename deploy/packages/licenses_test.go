package main

import (
	"bytes"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"testing"
)

func TestAppendLicenses(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{"LICENSE.md": "terms\n", "NOTICE": "credits", "licenser.go": "package code"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	module := &debug.Module{Path: "example.org/module", Version: "v1.2.3"}
	var got bytes.Buffer
	if err := appendLicenses(&got, module, dir); err != nil {
		t.Fatal(err)
	}
	rule := strings.Repeat("=", 80)
	want := "\n" + rule + "\nexample.org/module v1.2.3: LICENSE.md\n\nterms\n" +
		"\n" + rule + "\nexample.org/module v1.2.3: NOTICE\n\ncredits\n"
	if got.String() != want {
		t.Errorf("%s", got.String())
	}
	for folder, wantErr := range map[string]string{"": "its source is not known", t.TempDir(): "no license in "} {
		if err := appendLicenses(&got, module, folder); err == nil || !strings.HasPrefix(err.Error(), wantErr) {
			t.Errorf("folder %q: error %v, want %q", folder, err, wantErr)
		}
	}
}
