package procfs

import (
	"bytes"
	"encoding/binary"
	"slices"
	"testing"
)

// dirent makes a struct linux_dirent64 (getdents(2)), padded to eight bytes.
func dirent(name string) []byte {
	length := (direntName + len(name) + 1 + 7) &^ 7
	entry := make([]byte, length)
	binary.NativeEndian.PutUint16(entry[16:], uint16(length))
	copy(entry[direntName:], name)
	return entry
}

func TestAppendPIDs(t *testing.T) {
	var entries []byte
	for _, name := range []string{
		".", "..", "1", "42", "4194304", "self", "7a", "a7", "0", "007", "9999999999", "irq", "123456789",
	} {
		entries = append(entries, dirent(name)...)
	}
	odd := 0
	if got, want := appendPIDs(nil, entries, &odd), []int32{1, 42, 4194304, 123456789}; !slices.Equal(got, want) || odd != 3 {
		t.Errorf("got %v and %d other numbers, want %v and 3", got, odd, want)
	}
}

func FuzzDirentNames(f *testing.F) {
	f.Add(append(dirent("1"), dirent("self")...))
	f.Add(dirent("42")[:direntName+1])
	f.Fuzz(func(t *testing.T, entries []byte) {
		for name := range DirentNames(entries) {
			if len(name) == 0 || bytes.IndexByte(name, 0) >= 0 {
				t.Errorf("the name %q", name)
			}
		}
		for _, pid := range appendPIDs(nil, entries, new(int)) {
			if pid <= 0 {
				t.Errorf("the PID %d", pid)
			}
		}
	})
}

func TestParseSchedstat(t *testing.T) {
	for file, want := range map[string]schedstat{
		"":                          {},
		"0 0 0\n":                   {},
		"12 34\n":                   {},
		"a b c\n":                   {},
		"120 34 5\n":                {runtime: 120, wait: 34, slices: 5},
		"120 34 5 6 7 ":             {runtime: 120, wait: 34, slices: 5},
		"1 9223372036854775808 5\n": {},
		"120 -5 5\n":                {},
		"zz -5":                     {},
	} {
		var got schedstat
		ok, odd := got.parse([]byte(file))
		if ok != (want != schedstat{}) || ok && got != want {
			t.Errorf("%q: got %+v, %t; want %+v", file, got, ok, want)
		}
		if wantOdd := !ok && file != "0 0 0\n"; odd != wantOdd {
			t.Errorf("%q: odd %t, want %t", file, odd, wantOdd)
		}
	}
}

func FuzzParseSchedstat(f *testing.F) {
	f.Add([]byte("120 34 5\n"))
	f.Fuzz(func(t *testing.T, file []byte) {
		var s schedstat
		if counted, odd := s.parse(file); counted && (odd || s.slices == 0) {
			t.Errorf("%q was taken for the account of a process that never ran", file)
		}
	})
}

func FuzzKeyedLines(f *testing.F) {
	f.Add([]byte("0-1 ---p 00000000 00:00 0 [rollup]\nRss: 100 kB\nPss: 60 kB\n"), PSSKey)
	f.Fuzz(func(t *testing.T, file []byte, key string) {
		if _, ok := ValueOf(file, key); ok && !bytes.Contains(file, []byte(key)) {
			t.Errorf("%q was found in %q", key, file)
		}
		for key := range KeyedLines(file) {
			if bytes.ContainsAny(key, ":\n") {
				t.Errorf("the key %q", key)
			}
		}
	})
}
