package procfs

import (
	"slices"
	"strings"
	"testing"
)

func TestParseCmdline(t *testing.T) {
	long := strings.Repeat("x", 4096)
	tests := []struct {
		name, file string
		want       []string
	}{
		{"kernel thread or zombie", "", nil},
		{"only padding", "\x00\x00", nil},
		{"arguments", "sleep\x00100\x00", []string{"sleep", "100"}},
		{"no NUL at the end", "sleep\x00100", []string{"sleep", "100"}},
		{"empty argument within", "sh\x00\x00-c\x00", []string{"sh", "", "-c"}},
		{"own title, padded", "nginx: worker process\x00\x00\x00\x00", []string{"nginx: worker process"}},
		{"newline and invalid UTF-8", "a\nb\x00\xff\xfe\x00", []string{"a\nb", "\xff\xfe"}},
		{"4 KiB", "java\x00" + long + "\x00", []string{"java", long}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := ParseCmdline([]byte(test.file)); !slices.Equal(got, test.want) {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func FuzzParseCmdline(f *testing.F) {
	f.Add([]byte("sleep\x00100\x00"))
	f.Fuzz(func(t *testing.T, file []byte) {
		args := ParseCmdline(file)
		if got, want := strings.Join(args, "\x00"), strings.TrimRight(string(file), "\x00"); got != want {
			t.Errorf("%q joined is %q", args, got)
		}
	})
}
