// Package jsontext appends JSON to a buffer: byte for byte what encoding/json writes, without
// reflection and without allocations.
package jsontext

import (
	"math"
	"math/bits"
	"strconv"
	"time"
	"unicode/utf8"
)

// Digits after the point of the values in the JSON. More would make a process that does
// next to nothing look changed at every scan.
const (
	// TimeDecimals are those of moments and of the time between them.
	TimeDecimals = 3
	// cpuDecimals: /proc counts CPU time in ticks of 10 ms (proc_pid_stat(5)).
	CpuDecimals   = 2
	CoreDecimals  = 3
	RatioDecimals = 4
)

const hexDigits = "0123456789abcdef"

// plain tells the bytes that stand for themselves inside a JSON string. As encoding/json
// does, it leaves out <, > and &, so that an answer is harmless where a browser takes it
// for HTML.
var plain = func() (table [utf8.RuneSelf]bool) {
	for c := range table {
		table[c] = c >= ' ' && c != '"' && c != '\\' && c != '<' && c != '>' && c != '&'
	}
	return table
}()

// AppendString appends s as a JSON string, byte for byte as encoding/json would: what is
// not valid UTF-8 becomes the replacement character.
func AppendString(dst []byte, s string) []byte {
	dst = append(dst, '"')
	start := 0
	for i := 0; i < len(s); {
		if c := s[i]; c < utf8.RuneSelf {
			if plain[c] {
				i++
				continue
			}
			dst = appendEscaped(append(dst, s[start:i]...), c)
			i++
			start = i
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && size == 1 {
			dst = append(append(dst, s[start:i]...), `\ufffd`...)
			start = i + size
		} else if r == '\u2028' || r == '\u2029' {
			// JavaScript before 2019 took these for the end of a line.
			dst = append(append(dst, s[start:i]...), `\u202`...)
			dst = append(dst, hexDigits[r&0xF])
			start = i + size
		}
		i += size
	}
	return append(append(dst, s[start:]...), '"')
}

// appendEscaped appends an ASCII byte that cannot stand for itself.
func appendEscaped(dst []byte, c byte) []byte {
	switch c {
	case '"', '\\':
		return append(dst, '\\', c)
	case '\b':
		return append(dst, `\b`...)
	case '\f':
		return append(dst, `\f`...)
	case '\n':
		return append(dst, `\n`...)
	case '\r':
		return append(dst, `\r`...)
	case '\t':
		return append(dst, `\t`...)
	}
	return append(dst, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&0xF])
}

// AppendStrings appends a JSON array of strings; nil is an empty one.
func AppendStrings(dst []byte, list []string) []byte {
	dst = append(dst, '[')
	for i, s := range list {
		dst = AppendComma(dst, i)
		dst = AppendString(dst, s)
	}
	return append(dst, ']')
}

// AppendDecimal appends a number rounded to at most four digits after the point, without
// trailing zeros. It is several times faster than the shortest form of a float, and the
// same text wherever the digits fit a float64.
func AppendDecimal(dst []byte, value float64, decimals int) []byte {
	if value == 0 {
		return append(dst, '0')
	}
	scaled := math.Abs(value) * powers[decimals]
	if !(scaled < 1<<53) {
		return appendHuge(dst, value)
	}
	n := uint64(scaled)
	if scaled-float64(n) >= 0.5 {
		n++
	}
	if value < 0 && n > 0 {
		dst = append(dst, '-')
	}
	return appendFixed(dst, n, decimals)
}

var powers = [...]float64{1, 10, 100, 1000, 10000}

// appendFixed appends a number given in units of its last digit after the point, without trailing
// zeros.
func appendFixed(dst []byte, n uint64, decimals int) []byte {
	// Divisions by constants are several times faster than those by variables.
	var whole, rest uint64
	switch decimals {
	case 0:
		return AppendUint(dst, n)
	case 1:
		whole, rest = n/10, n%10*1000
	case 2:
		whole, rest = n/100, n%100*100
	case 3:
		whole, rest = n/1000, n%1000*10
	default:
		whole, rest = n/10000, n%10000
	}
	dst = AppendUint(dst, whole)
	if rest == 0 {
		return dst
	}
	a, b, c, d := '0'+byte(rest/1000), '0'+byte(rest/100%10), '0'+byte(rest/10%10), '0'+byte(rest%10)
	switch {
	case d != '0':
		return append(dst, '.', a, b, c, d)
	case c != '0':
		return append(dst, '.', a, b, c)
	case b != '0':
		return append(dst, '.', a, b)
	}
	return append(dst, '.', a)
}

// appendHuge appends a number too large to be rounded; what JSON cannot express is null.
func appendHuge(dst []byte, value float64) []byte {
	if math.IsNaN(value) || math.IsInf(value, 0) {
		return append(dst, "null"...)
	}
	return strconv.AppendFloat(dst, value, 'g', -1, 64)
}

// AppendDuration appends a duration in seconds.
func AppendDuration(dst []byte, d time.Duration, decimals int) []byte {
	if decimals == 2 && d >= 0 {
		// Unsigned, so that the half that rounds cannot make the longest duration a negative one.
		const hundredth = uint64(time.Second / 100)
		return appendFixed(dst, (uint64(d)+hundredth/2)/hundredth, decimals)
	}
	return AppendDecimal(dst, d.Seconds(), decimals)
}

// AppendUint appends a whole number that is not negative. It writes the digits where they belong,
// which takes half as long as strconv, which copies them there.
func AppendUint(dst []byte, value uint64) []byte {
	switch {
	case value < 10:
		return append(dst, '0'+byte(value))
	case value < 100:
		return append(dst, '0'+byte(value/10), '0'+byte(value%10))
	}
	end := len(dst) + digits(value)
	if end > cap(dst) {
		return strconv.AppendUint(dst, value, 10)
	}
	dst = dst[:end]
	for ; value >= 100; value /= 100 {
		pair := value % 100
		dst[end-1], dst[end-2] = '0'+byte(pair%10), '0'+byte(pair/10)
		end -= 2
	}
	dst[end-1] = '0' + byte(value%10)
	if value >= 10 {
		dst[end-2] = '0' + byte(value/10)
	}
	return dst
}

// digits is how many digits a number of at least 1 has.
func digits(value uint64) int {
	// 1233/4096 is a little more than the logarithm of 2 to the base 10.
	n := bits.Len64(value) * 1233 >> 12
	if value >= tens[n] {
		n++
	}
	return n
}

// tens are the powers of 10.
var tens = func() (table [20]uint64) {
	table[0] = 1
	for i := 1; i < len(table); i++ {
		table[i] = table[i-1] * 10
	}
	return table
}()

// AppendInt appends a whole number.
func AppendInt(dst []byte, value int) []byte {
	if value >= 0 {
		return AppendUint(dst, uint64(value))
	}
	return strconv.AppendInt(dst, int64(value), 10)
}

// AppendComma appends the comma before every element of a list but the first.
func AppendComma(dst []byte, i int) []byte {
	if i == 0 {
		return dst
	}
	return append(dst, ',')
}

// DropComma removes the comma that comes first in what was appended from start on.
func DropComma(dst []byte, start int) []byte {
	if len(dst) > start && dst[start] == ',' {
		return append(dst[:start], dst[start+1:]...)
	}
	return dst
}

// AppendText appends a member with a comma before it, nothing for an empty value.
func AppendText(dst []byte, key, value string) []byte {
	if value == "" {
		return dst
	}
	dst = append(append(dst, `,"`...), key...)
	return AppendString(append(dst, `":`...), value)
}

// AppendWord appends a JSON string, nothing for an empty one.
func AppendWord(dst []byte, value string) []byte {
	if value == "" {
		return dst
	}
	return AppendString(dst, value)
}

// AppendTrue appends true, and nothing instead of false.
func AppendTrue(dst []byte, value bool) []byte {
	if !value {
		return dst
	}
	return append(dst, "true"...)
}
