package detail

import (
	"slices"
	"strings"
	"testing"

	"proctree/collector/process"
)

func TestParseStack(t *testing.T) {
	for _, test := range []struct {
		file string
		want []string
	}{
		{"[<0>] folio_wait_bit_common+0x12f/0x490\n[<0>] filemap_fault+0x8/0x170\n", []string{"folio_wait_bit_common", "filemap_fault"}},
		{"[<ffffffff81234567>] do_wait+0x6f/0xf0\n[<0>] ext4_read [ext4]\n[<0>] x+0x1/0x2 [ext4]\n", []string{"do_wait", "x"}},
		{"[<0>] last+0x1/0x2", []string{"last"}},
		{"", nil},
		{"\n", nil},
		{"[<0>]\n", nil},
		{"[<0>] +0x1/0x2\n", nil},
		{"do_wait+0x6f/0xf0\n", nil},
		{strings.Repeat("[<0>] f+0x1/0x2\n", 100), slices.Repeat([]string{"f"}, process.MaxKernelStack)},
	} {
		if got := parseStack([]byte(test.file)); !slices.Equal(got, test.want) {
			t.Errorf("%q: %q, want %q", test.file, got, test.want)
		}
	}
}

func FuzzParseStack(f *testing.F) {
	for _, text := range []string{"[<0>] a+0x1/0x2\n", "] +0x", "[<0>] \xff+0x\n", ""} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		for _, function := range parseStack(file) {
			if function == "" || strings.Contains(function, "+0x") {
				t.Errorf("%q: function %q", file, function)
			}
		}
	})
}
