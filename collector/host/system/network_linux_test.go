package system

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const netDevHeading = `Inter-|   Receive                                                |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
`

func TestParseNetDev(t *testing.T) {
	const columns = " 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16"
	tests := []struct {
		name, text string
		// want is how many counters each device has.
		want map[string]int
		lost int
	}{
		{name: "whole", text: netDevHeading + "    lo:" + columns + "\n eth0:1:" + columns + "\n", want: map[string]int{"lo": 16, "eth0:1": 16}},
		{name: "no blank behind the colon", text: netDevHeading + "lo:1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16\n", want: map[string]int{"lo": 16}},
		{name: "no heading", text: "lo:" + columns + "\n", want: map[string]int{"lo": 16}},
		{name: "no device at all", text: netDevHeading},
		{name: "a column is no number", text: "lo:" + strings.Replace(columns, " 9 ", " x ", 1) + "\n", want: map[string]int{"lo": 15}, lost: 1},
		{name: "a column is negative", text: "lo:" + strings.Replace(columns, " 9 ", " -9 ", 1) + "\n", want: map[string]int{"lo": 15}, lost: 1},
		{name: "a column wrapped", text: "lo:" + strings.Replace(columns, " 9 ", " 18446744073709551615 ", 1) + "\n", want: map[string]int{"lo": 15}, lost: 1},
		{name: "cut in its last line", text: "wlan0:" + columns + "\nlo:" + columns, want: map[string]int{"wlan0": 16}, lost: 1},
		{name: "short", text: "lo: 1 2 3\nwlan0:" + columns + "\n", want: map[string]int{"lo": 3, "wlan0": 16}, lost: 1},
		{name: "no colon", text: "lo" + columns + "\nwlan0:" + columns + "\n", want: map[string]int{"wlan0": 16}, lost: 1},
		{name: "twice", text: "lo:" + columns + "\nlo: 7\n", want: map[string]int{"lo": 16}, lost: 1},
		{name: "no name", text: ":" + columns + "\n", lost: 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var d Damage
			got := map[string]int{}
			for _, device := range parseNetDev(tt.text, Filter{}, &d) {
				got[device.Name] = len(device.Counters)
			}
			if len(tt.want) != len(got) || (len(got) > 0 && !cmp.Equal(tt.want, got)) {
				t.Errorf("got %v, want %v", got, tt.want)
			}
			wantLost(t, &d, tt.lost)
		})
	}
}
