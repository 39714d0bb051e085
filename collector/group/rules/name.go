package rules

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"text/template"
	"text/template/parse"
	"unicode/utf8"
)

// MaxNameBytes bounds the name of a group; a longer one is cut.
const MaxNameBytes = 256

// maxTemplateOutput bounds what a template may write before it is cut to a name.
const maxTemplateOutput = 64 << 10

var errTooLong = errors.New("writes more than 64 KiB")

// labelValue makes any bytes fit for a label value: valid UTF-8, at most MaxNameBytes.
func labelValue(s string) string {
	s = strings.ToValidUTF8(s, string(utf8.RuneError))
	if len(s) <= MaxNameBytes {
		return s
	}
	end := MaxNameBytes
	for !utf8.RuneStart(s[end]) {
		end--
	}
	return s[:end]
}

// namer makes the name of a group.
type namer struct {
	// constant is the name where the template has no actions.
	constant string
	tmpl     *template.Template
}

// newNamer compiles a template and tries it with sample, so that a field that does not
// exist is found when the configuration is read and not when a process comes by.
func newNamer(text, missingKey string, sample any) (namer, error) {
	tmpl, err := template.New("group").Option("missingkey=" + missingKey).Parse(text)
	if err != nil {
		return namer{}, fmt.Errorf("bad template: %w", err)
	}
	if name, ok := constantText(tmpl); ok {
		if name == "" {
			return namer{}, errors.New("bad template: makes an empty name")
		}
		return namer{constant: labelValue(name)}, nil
	}
	n := namer{tmpl: tmpl}
	if _, err := n.execute(sample); err != nil {
		return namer{}, fmt.Errorf("bad template: %w", err)
	}
	return n, nil
}

// constantText returns the text of a template that has no actions.
func constantText(tmpl *template.Template) (string, bool) {
	if tmpl.Tree == nil || tmpl.Root == nil {
		return "", true
	}
	var b strings.Builder
	for _, node := range tmpl.Root.Nodes {
		text, ok := node.(*parse.TextNode)
		if !ok {
			return "", false
		}
		b.Write(text.Text)
	}
	return b.String(), true
}

// execute returns the name for data, and as much of it as was written before an error.
func (n namer) execute(data any) (string, error) {
	if n.tmpl == nil {
		return n.constant, nil
	}
	var b strings.Builder
	err := n.tmpl.Execute(&limitedWriter{&b, maxTemplateOutput}, data)
	return labelValue(b.String()), err
}

// limitedWriter fails when more than left bytes are written.
type limitedWriter struct {
	w    io.Writer
	left int
}

// Write implements io.Writer.
func (l *limitedWriter) Write(p []byte) (int, error) {
	if len(p) > l.left {
		return 0, errTooLong
	}
	l.left -= len(p)
	return l.w.Write(p)
}
