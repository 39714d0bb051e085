package processes

import (
	"encoding/json"
	"strconv"
)

// AppendDifferences appends the members removed, added and changed of a message that leads a
// reader from one selection to the next, each row known by its id. Of a changed row only the
// fields that changed are there; null is no longer known. A row's fields are those of the
// frame, start_time in milliseconds.
//
// Both selections are of the same audience and have the same columns.
func (s *Selection) AppendDifferences(dst []byte, before *Selection) []byte {
	shown := s.shown()
	old := make(map[string]int32, len(before.Rows))
	for _, i := range before.Rows {
		old[before.Texts[ID][i]] = i
	}
	var added, changed []byte
	for _, i := range s.Rows {
		id := s.Texts[ID][i]
		was, ok := old[id]
		if !ok {
			added = s.appendRow(comma(added), shown, i)
			continue
		}
		delete(old, id)
		changed = s.appendChanges(changed, shown, i, before, was)
	}
	dst = append(dst, `"removed":[`...)
	first := true
	for _, i := range before.Rows {
		if _, gone := old[before.Texts[ID][i]]; gone {
			if !first {
				dst = append(dst, ',')
			}
			first = false
			dst = appendString(dst, before.Texts[ID][i])
		}
	}
	dst = append(append(dst, `],"added":[`...), added...)
	dst = append(append(dst, `],"changed":[`...), changed...)
	return append(dst, ']')
}

func comma(list []byte) []byte {
	if len(list) > 0 {
		return append(list, ',')
	}
	return list
}

// appendRow appends a row with all its known fields.
func (t *Table) appendRow(dst []byte, shown []column, row int32) []byte {
	dst = append(dst, '{')
	start := len(dst)
	for c := range shown {
		if !shown[c].known(t, row) {
			continue
		}
		if len(dst) > start {
			dst = append(dst, ',')
		}
		dst = shown[c].appendMember(dst, t, row)
	}
	return append(dst, '}')
}

// appendChanges appends a row's id and the fields that are not as they were; nothing where
// all are.
func (s *Selection) appendChanges(dst []byte, shown []column, row int32, before *Selection, was int32) []byte {
	same := len(dst)
	dst = appendString(append(comma(dst), `{"id":`...), s.Texts[ID][row])
	start := len(dst)
	for c := range shown {
		if !shown[c].equal(s.Table, row, before.Table, was) {
			dst = shown[c].appendMember(append(dst, ','), s.Table, row)
		}
	}
	if len(dst) == start {
		return dst[:same]
	}
	return append(dst, '}')
}

// known says whether a table has the value.
func (c *column) known(t *Table, row int32) bool {
	switch c.kind {
	case identity:
		return true
	case text:
		return t.Texts[c.text][row] != ""
	default:
		return Known(t.Numbers[c.number][row])
	}
}

// equal says whether two rows have the same value, which may be unknown.
func (c *column) equal(a *Table, i int32, b *Table, j int32) bool {
	if c.kind <= text {
		return a.Texts[c.text][i] == b.Texts[c.text][j]
	}
	x, y := a.Numbers[c.number][i], b.Numbers[c.number][j]
	return x == y || !Known(x) && !Known(y)
}

// appendMember appends the name and the value, null where that is not known.
func (c *column) appendMember(dst []byte, t *Table, row int32) []byte {
	dst = append(append(append(dst, '"'), c.name...), `":`...)
	switch {
	case !c.known(t, row):
		return append(dst, "null"...)
	case c.kind <= text:
		return appendString(dst, t.Texts[c.text][row])
	case c.kind == fraction:
		return strconv.AppendFloat(dst, t.Numbers[c.number][row], 'g', -1, 64)
	default:
		return strconv.AppendInt(dst, int64(t.Numbers[c.number][row]), 10)
	}
}

// appendString appends a JSON string.
func appendString(dst []byte, text string) []byte {
	quoted, err := json.Marshal(text)
	if err != nil {
		// A string can always be written as JSON.
		return append(dst, `""`...)
	}
	return append(dst, quoted...)
}
