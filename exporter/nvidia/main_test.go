//go:build linux

package main

import (
	"bytes"
	"encoding/json"
	"io"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// stub compiles the stand-in for the library. There was no GPU to test with.
func stub(t *testing.T) string {
	t.Helper()
	cc, err := exec.LookPath("cc")
	if err != nil {
		t.Skip("SKIPPED: the helper for NVIDIA's GPUs, for there is no C compiler (cc) to make the stub of the library")
	}
	library := filepath.Join(t.TempDir(), "libnvidia-ml.so.1")
	if out, err := exec.Command(cc, "-shared", "-fPIC", "-o", library, "testdata/stub.c").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return library
}

// lines is a writer that ends the input after so many lines.
type lines struct {
	bytes.Buffer
	left int
	end  func() error
}

func (l *lines) Write(p []byte) (int, error) {
	n, err := l.Buffer.Write(p)
	if l.left--; l.left == 0 {
		return n, l.end()
	}
	return n, err
}

func TestStub(t *testing.T) {
	in, closer := io.Pipe()
	out := &lines{left: 3, end: closer.Close}
	if err := run([]string{"-library", stub(t), "-interval", "1ms"}, in, out); err != nil {
		t.Fatal(err)
	}
	var last line
	for text := range strings.Lines(out.String()) {
		last = line{}
		if err := json.Unmarshal([]byte(text), &last); err != nil {
			t.Fatalf("%v: %s", err, text)
		}
	}
	if len(last.GPUs) != 1 || last.GPUs[0].GPU != "0000:0a:00.0" {
		t.Fatalf("GPUs %+v", last.GPUs)
	}
	list := last.GPUs[0].Processes
	if len(list) != 100 {
		t.Fatalf("%d processes, want 100", len(list))
	}
	// The first reading is the start; two seconds follow at least, at 75 % and with 12.5 % of the decoder.
	seven, eight, nine := list[0], list[1], list[2]
	if seven.PID != 7 || *seven.MemoryBytes != 1<<20 || seven.Engines["sm"] < 1_500_000_000 || seven.Engines["sm"]%750_000_000 != 0 ||
		seven.Engines["dec"]*6 != seven.Engines["sm"] {
		t.Errorf("process 7: %+v", seven)
	}
	if eight.PID != 8 || *eight.MemoryBytes != 5 || eight.Engines != nil {
		t.Errorf("process 8 is counted twice, or more: %+v", eight)
	}
	if nine.PID != 9 || nine.MemoryBytes != nil {
		t.Errorf("process 9 has memory that is not known: %+v", nine)
	}
}

func TestErrors(t *testing.T) {
	library := stub(t)
	t.Setenv("STUB_NO_DRIVER", "1")
	for want, args := range map[string][]string{
		"nvmlInit_v2 returned 9":  {"-library", library},
		"is NVIDIA's driver inst": {"-library", "/nowhere/libnvidia-ml.so.1"},
		"has no nvmlInit_v2":      {"-library", "libc.so.6"},
		"set a duration above 0":  {"-interval", "0s"},
	} {
		err := run(args, strings.NewReader(""), io.Discard)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v: %v, want %s", args, err, want)
		}
	}
}
