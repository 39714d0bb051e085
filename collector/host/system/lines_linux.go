package system

import "strings"

// splitLines returns the lines of text without their ends, for files in which blank lines or
// the number of a line mean something; procfile.Lines is for the others.
func splitLines(text string) []string {
	if text == "" {
		return nil
	}
	return strings.Split(strings.TrimSuffix(strings.ReplaceAll(text, "\r\n", "\n"), "\n"), "\n")
}
