package process

import "testing"

func TestParseID(t *testing.T) {
	if id, err := ParseID("4321-98765"); err != nil || id != (ID{PID: 4321, StartTicks: 98765}) {
		t.Errorf("%v, %v", id, err)
	}
	for _, text := range []string{"", "1", "1-", "-1", "1-2-3", "01-2", "1-02", "+1-2", "1-+2", " 1-2", "1-2 ", "x-1", "-1-1", "4294967297-1", "1-18446744073709551616"} {
		if id, err := ParseID(text); err == nil {
			t.Errorf("%q is %v", text, id)
		}
	}
}
