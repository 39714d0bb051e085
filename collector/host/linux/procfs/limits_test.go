package procfs

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"proctree/collector/process"
)

const limitsFile = `Limit                     Soft Limit           Hard Limit           Units     
Max cpu time              unlimited            unlimited            seconds   
Max open files            1024                 524288               files     
Max nice priority         0                    0                    
`

func TestParseLimits(t *testing.T) {
	want := []process.Limit{
		{Name: "Max cpu time", Unit: "seconds"},
		{Name: "Max open files", Unit: "files", Soft: new(uint64(1024)), Hard: new(uint64(524288))},
		{Name: "Max nice priority", Soft: new(uint64(0)), Hard: new(uint64(0))},
	}
	if diff := cmp.Diff(want, ParseLimits([]byte(limitsFile))); diff != "" {
		t.Errorf("limits (-want +got):\n%s", diff)
	}
}

func TestOpenFilesLimit(t *testing.T) {
	tests := []struct {
		name, file string
		want       uint64
		ok         bool
	}{
		{"there", limitsFile, 1024, true},
		{"first", "Max open files            7                    9                    files     \n", 7, true},
		{"empty", "", 0, false},
		{"unlimited", "Limit\nMax open files            unlimited            unlimited            files     \n", 0, true},
		{"cut off", "Limit\nMax open files            10", 0, false},
		{"cut in the hard limit", "Limit\nMax open files            1024                 52", 0, false},
		{"no end", "Limit\nMax open files            1024                 524288               files     ", 0, false},
		{"odd hard limit", "Limit\nMax open files            1024                 -5                   files     \n", 1024, true},
		{"not a number", "Limit\nMax open files            many                 524288               files     \n", 0, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got, ok := OpenFilesLimit([]byte(test.file)); got != test.want || ok != test.ok {
				t.Errorf("got %d, %t; want %d, %t", got, ok, test.want, test.ok)
			}
		})
	}
}

func FuzzParseLimits(f *testing.F) {
	f.Add([]byte(limitsFile))
	f.Fuzz(func(t *testing.T, file []byte) {
		for _, limit := range ParseLimits(file) {
			if limit.Name == "" {
				t.Errorf("a limit has no name: %+v", limit)
			}
		}
		OpenFilesLimit(file)
	})
}
