package process_test

import (
	"testing"

	"proctree/collector/process"
)

func TestNetworkSince(t *testing.T) {
	at := func(received, transmitted uint64) *process.Network {
		return &process.Network{
			TCP: process.Traffic{ReceivedBytes: received, ReceivedOperations: received / 10},
			UDP: process.Traffic{TransmittedBytes: transmitted, TransmittedOperations: transmitted / 10},
		}
	}
	same := at(100, 200)
	for name, test := range map[string]struct{ now, before, grown, most *process.Network }{
		"nothing":      {nil, nil, nil, nil},
		"the first":    {at(10, 20), nil, at(10, 20), at(10, 20)},
		"not read":     {nil, at(10, 20), nil, at(10, 20)},
		"the same":     {same, same, nil, same},
		"equal":        {at(100, 200), same, nil, same},
		"both grow":    {at(150, 260), same, at(50, 60), at(150, 260)},
		"one falls":    {at(150, 10), same, at(50, 0), at(150, 200)},
		"all fall":     {at(1, 1), same, nil, same},
		"only one has": {at(100, 260), at(100, 0), at(0, 260), at(100, 260)},
	} {
		if got := test.now.Since(test.before); !equal(got, test.grown) {
			t.Errorf("%s: grown by %+v, want %+v", name, got, test.grown)
		}
		if got := test.now.Max(test.before); !equal(got, test.most) {
			t.Errorf("%s: largest is %+v, want %+v", name, got, test.most)
		}
	}
	if got := at(100, 260).Max(same).Plus(at(1, 2)).Total(); got != (process.Traffic{ReceivedBytes: 101, ReceivedOperations: 10, TransmittedBytes: 262, TransmittedOperations: 26}) {
		t.Errorf("total is %+v", got)
	}
}

func equal(a, b *process.Network) bool { return a == b || a != nil && b != nil && *a == *b }
