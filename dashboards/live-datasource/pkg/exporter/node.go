package exporter

import "strings"

// texts has one copy of each text.
type texts struct {
	known map[string]string
	// joined is a buffer for a command line.
	joined []byte
}

func (t *texts) one(text string) string {
	if text == "" {
		return ""
	}
	if same, ok := t.known[text]; ok {
		return same
	}
	t.known[text] = text
	return text
}

// line returns the one copy of a command line. Of several arguments those with blanks are in
// quotes, so that one can tell them apart; a single one is mostly a title that the process gave
// itself. A line that is known already costs no allocation.
func (t *texts) line(arguments []string) string {
	if len(arguments) == 1 {
		return t.one(arguments[0])
	}
	t.joined = appendLine(t.joined[:0], arguments)
	if same, ok := t.known[string(t.joined)]; ok {
		return same
	}
	return t.one(string(t.joined))
}

// commandLine is the same for a line that is asked for once.
func commandLine(arguments []string) string {
	if len(arguments) == 1 {
		return arguments[0]
	}
	return string(appendLine(nil, arguments))
}

func appendLine(line []byte, arguments []string) []byte {
	for i, argument := range arguments {
		if i > 0 {
			line = append(line, ' ')
		}
		line = appendQuoted(line, argument)
	}
	return line
}

func appendQuoted(line []byte, argument string) []byte {
	if argument == "" || strings.ContainsAny(argument, " \t\n") {
		return append(append(append(line, '\''), argument...), '\'')
	}
	return append(line, argument...)
}
