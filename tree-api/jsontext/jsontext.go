// Package jsontext appends JSON to a buffer: byte for byte what encoding/json writes, without
// reflection and without allocations.
package jsontext

import (
	"math"
	"strconv"
	"unicode/utf8"
)

// Digits after the point of the figures in the JSON. More would make a process that does
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

// AppendDecimal appends a number rounded to so many digits after the point, without
// trailing zeros. It is several times faster than the shortest form of a float, and the
// same text wherever the digits fit a float64.
func AppendDecimal(dst []byte, value float64, decimals int) []byte {
	scaled := math.Round(value * math.Pow10(decimals))
	if math.IsNaN(scaled) || math.Abs(scaled) >= 1<<53 {
		return appendHuge(dst, value)
	}
	n := int64(scaled)
	for ; decimals > 0 && n%10 == 0; decimals-- {
		n /= 10
	}
	if n < 0 {
		dst, n = append(dst, '-'), -n
	}
	if decimals == 0 {
		return strconv.AppendInt(dst, n, 10)
	}
	unit := int64(math.Pow10(decimals))
	dst = append(strconv.AppendInt(dst, n/unit, 10), '.')
	rest := n % unit
	for unit /= 10; unit > 0; unit /= 10 {
		dst = append(dst, '0'+byte(rest/unit%10))
	}
	return dst
}

// appendHuge appends a number too large to be rounded; what JSON cannot express is null.
func appendHuge(dst []byte, value float64) []byte {
	if math.IsNaN(value) || math.IsInf(value, 0) {
		return append(dst, "null"...)
	}
	return strconv.AppendFloat(dst, value, 'g', -1, 64)
}

// AppendUint appends a whole number that is not negative.
func AppendUint(dst []byte, value uint64) []byte { return strconv.AppendUint(dst, value, 10) }

// AppendInt appends a whole number.
func AppendInt(dst []byte, value int) []byte { return strconv.AppendInt(dst, int64(value), 10) }

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
