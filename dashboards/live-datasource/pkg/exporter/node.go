package exporter

import "strings"

// texts has one copy of each text.
type texts struct{ known map[string]string }

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

// commandLine joins the arguments. Of several those with blanks are in quotes, so that one can
// tell them; a single one is mostly a title that the process gave itself.
func commandLine(arguments []string) string {
	if len(arguments) == 1 {
		return arguments[0]
	}
	var line strings.Builder
	for i, argument := range arguments {
		if i > 0 {
			line.WriteByte(' ')
		}
		line.WriteString(quoted(argument))
	}
	return line.String()
}

func quoted(argument string) string {
	if argument == "" || strings.ContainsAny(argument, " \t\n") {
		return "'" + argument + "'"
	}
	return argument
}
