package host

import (
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

func TestMissingPrivileges(t *testing.T) {
	const (
		ptrace = 1 << unix.CAP_SYS_PTRACE
		search = 1 << unix.CAP_DAC_READ_SEARCH
	)
	for _, test := range []struct {
		name string
		held uint64
		path string
		want []string
	}{
		{"all", ptrace | search, "/proc", nil},
		{"root", ^uint64(0), "/proc", nil},
		{"ordinary user", 0, "/proc", []string{"CAP_SYS_PTRACE and CAP_DAC_READ_SEARCH"}},
		{"no search", ptrace, "/proc", []string{"CAP_DAC_READ_SEARCH too"}},
		{"no ptrace", search, "/proc", []string{"CAP_SYS_PTRACE and CAP_DAC_READ_SEARCH"}},
		{"PID namespace", ptrace | search, t.TempDir(), []string{"--path.procfs"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			if test.path == "/proc" && isPartial("/proc") {
				t.Skip("SKIP: this test runs in a PID namespace of its own, which is one of the things reported")
			}
			got := missingPrivileges(test.path, test.held)
			if len(got) != len(test.want) {
				t.Fatalf("got %q, want %d", got, len(test.want))
			}
			for i := range got {
				if !strings.Contains(got[i], test.want[i]) {
					t.Errorf("%q does not say %q", got[i], test.want[i])
				}
			}
		})
	}
}
