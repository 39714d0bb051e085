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
	}{
		{"there", limitsFile, 1024},
		{"empty", "", 0},
		{"unlimited", "Limit\nMax open files            unlimited            unlimited            files     \n", 0},
		{"cut off", "Limit\nMax open files            10", 0},
		{"not a number", "Limit\nMax open files            many                 524288               files     \n", 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := OpenFilesLimit([]byte(test.file)); got != test.want {
				t.Errorf("got %d, want %d", got, test.want)
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
