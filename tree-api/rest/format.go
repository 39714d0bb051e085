package rest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"path"

	"proctree/tree-api/csvtext"
	"proctree/tree-api/tree"
)

// formatParameter names the format that is asked for.
const formatParameter = "format"

const asCSV format = "csv"

// takeFormat takes the format out of the other parameters.
func takeFormat(values url.Values) (format, error) {
	given, ok := values[formatParameter]
	if !ok {
		return asJSON, nil
	}
	delete(values, formatParameter)
	switch as := format(given[0]); {
	case len(given) > 1:
		return asJSON, tree.BadParameter(formatParameter, fmt.Errorf("given %d times", len(given)))
	case as != asJSON && as != asCSV:
		return asJSON, tree.BadParameter(formatParameter, fmt.Errorf("must be json or csv, not %q", as))
	default:
		return as, nil
	}
}

// inCSV changes an answer in JSON to one in CSV, which data appends.
func (a answer) inCSV(r *http.Request, data func(dst []byte, pass tree.Pass) []byte) answer {
	a.tag += "-csv"
	a.data = data
	a.page = &page{
		contentType: "text/csv; charset=utf-8; header=present", // RFC 4180, section 3.
		policy:      "default-src 'none'",
		fileName:    path.Base(r.URL.Path) + ".csv",
	}
	return a
}

// appendObjects appends a list of JSON objects as CSV: a column for each of the names. It is for
// short lists.
func appendObjects(dst, list []byte, names []string) ([]byte, error) {
	var objects []map[string]json.RawMessage
	if err := json.Unmarshal(list, &objects); err != nil {
		return dst, fmt.Errorf("write the CSV: %w", err)
	}
	dst = csvtext.AppendRow(dst, names...)
	for _, object := range objects {
		for i, name := range names {
			if i > 0 {
				dst = append(dst, ',')
			}
			value := object[name]
			var text string
			if json.Unmarshal(value, &text) == nil {
				dst = csvtext.AppendText(dst, text)
			} else {
				dst = append(dst, value...)
			}
		}
		dst = csvtext.AppendEnd(dst)
	}
	return dst, nil
}
