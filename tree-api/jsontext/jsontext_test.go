package jsontext

import (
	"encoding/json"
	"math"
	"strconv"
	"testing"
	"time"

	"proctree/tree-api/treetest"
)

func FuzzAppendString(f *testing.F) {
	for _, s := range treetest.Hostile {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		want, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		if got := AppendString(nil, s); string(got) != string(want) {
			t.Errorf("%q becomes %s, want %s", s, got, want)
		}
	})
}

func TestAppendUint(t *testing.T) {
	for power := uint64(1); ; power *= 10 {
		for _, value := range []uint64{power - 1, power, power + 1, power * 7 / 3, math.MaxUint64 / power} {
			want := strconv.FormatUint(value, 10)
			// Into a buffer that is too short, and into one with room.
			for _, buffer := range [][]byte{nil, make([]byte, 0, 64)} {
				if got := string(AppendUint(append(buffer, 'x'), value)); got != "x"+want {
					t.Errorf("%d becomes %s", value, got)
				}
			}
		}
		if power > math.MaxUint64/10 {
			return
		}
	}
}

func FuzzAppendDecimal(f *testing.F) {
	for _, value := range []float64{0, 1, -1, 0.1, 0.00004, 0.00005, 1.9999999, 1767225600.01, -12.5, 1 << 60, 99999.99995} {
		f.Add(value, uint8(4))
	}
	f.Fuzz(func(t *testing.T, value float64, digits uint8) {
		decimals := int(digits % 5)
		got := string(AppendDecimal(nil, value, decimals))
		// Up to here every rounded value has 15 digits at most, which a float64 keeps.
		if math.Abs(value) >= 1e10 {
			if !json.Valid([]byte(got)) {
				t.Errorf("%v becomes %s, which is no JSON", value, got)
			}
			return
		}
		if math.IsNaN(value) {
			if got != "null" {
				t.Errorf("NaN becomes %s", got)
			}
			return
		}
		rounded := math.Round(value*math.Pow10(decimals)) / math.Pow10(decimals)
		want, err := json.Marshal(rounded + 0)
		if err != nil {
			t.Fatal(err)
		}
		if got != string(want) {
			t.Errorf("%v with %d decimals becomes %s, want %s", value, decimals, got, want)
		}
	})
}

func TestAppendDuration(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0: "0", 4 * time.Millisecond: "0", 5 * time.Millisecond: "0.01", time.Second: "1", 90 * time.Minute: "5400",
		-time.Second: "-1", math.MaxInt64: "9223372036.85", math.MaxInt64 - 5_000_000: "9223372036.85", math.MinInt64: "-9223372036.85",
	} {
		if got := string(AppendDuration(nil, d, 2)); got != want {
			t.Errorf("%d ns become %s, want %s", d, got, want)
		}
	}
}

func TestAppendDecimalOfWhatJSONCannotExpress(t *testing.T) {
	for _, value := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
		if got := string(AppendDecimal(nil, value, 2)); got != "null" {
			t.Errorf("%v becomes %s, want null", value, got)
		}
	}
}
