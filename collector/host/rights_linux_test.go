package host

import (
	"slices"
	"testing"

	"golang.org/x/sys/unix"
)

func TestLackingRights(t *testing.T) {
	const (
		all    = ^uint64(0)
		ptrace = uint64(1) << unix.CAP_SYS_PTRACE
		search = uint64(1) << unix.CAP_DAC_READ_SEARCH
	)
	for _, test := range []struct {
		reader string
		held   uint64
		want   []string
	}{
		{"procfs", all, nil},
		{"procfs", all &^ ptrace, []string{"CAP_SYS_PTRACE"}},
		{"procfs", all &^ search, []string{"CAP_DAC_READ_SEARCH"}},
		{"procfs", 0, []string{"CAP_SYS_PTRACE", "CAP_DAC_READ_SEARCH"}},
		{ReaderWalk, all &^ search, nil},
		{ReaderIterator, search, []string{"CAP_SYS_PTRACE"}},
	} {
		if got := lackingRights(test.reader, test.held); !slices.Equal(got, test.want) {
			t.Errorf("%s with %x lacks %v, want %v", test.reader, test.held, got, test.want)
		}
	}
}
