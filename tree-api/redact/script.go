package redact

import "strings"

// maskScript masks an argument that is itself a command line, as after "sh -c", or a
// whole command line that its program has written over the first argument.
func maskScript(text string) string {
	places := splitWords(text)
	if len(places) == 1 {
		return maskInQuotes(text)
	}
	words := make([]string, len(places))
	for i, p := range places {
		words[i] = text[p.start:p.end]
	}
	masked := maskArgs(words)
	if len(words) == 0 || &masked[0] == &words[0] {
		return text
	}
	var out strings.Builder
	done := 0
	for i, p := range places {
		out.WriteString(text[done:p.start])
		out.WriteString(masked[i])
		done = p.end
	}
	out.WriteString(text[done:])
	return out.String()
}

// maskInQuotes masks what stands between quotes in one word, as in X="run --token abc".
func maskInQuotes(word string) string {
	var out strings.Builder
	done := 0
	for at := 0; at < len(word); at++ {
		if !isQuote(word[at]) {
			continue
		}
		end := closing(word, at)
		if end < 0 {
			continue
		}
		inner := word[at+1 : end]
		if masked := maskArgs([]string{inner})[0]; masked != inner {
			out.WriteString(word[done : at+1])
			out.WriteString(masked)
			done = end
		}
		at = end
	}
	if done == 0 {
		return word
	}
	out.WriteString(word[done:])
	return out.String()
}

// span is a part of a text.
type span struct{ start, end int }

// splitWords splits at blanks, but not at those between quotes. A quote that nothing closes
// is a letter like any other, and so is one inside a word, as in "don't".
func splitWords(text string) []span {
	var words []span
	start := -1
	for i := 0; i < len(text); i++ {
		c := text[i]
		switch {
		case strings.IndexByte(blanks, c) >= 0:
			if start >= 0 {
				words = append(words, span{start, i})
			}
			start = -1
			continue
		case start < 0:
			start = i
		}
		if isQuote(c) && opens(text, start, i) {
			if end := closing(text, i); end > 0 {
				i = end
			}
		}
	}
	if start >= 0 {
		words = append(words, span{start, len(text)})
	}
	return words
}

func isQuote(c byte) bool { return c == '"' || c == '\'' }

// opens reports whether a quote can be one that opens: at the beginning of its word, behind
// a sign, or behind an option, as in -H"…".
func opens(text string, word, at int) bool {
	return at == word || text[word] == '-' || strings.IndexByte("=:,;([{", text[at-1]) >= 0
}

// closing returns where the quote at the index is closed, -1 if nowhere.
func closing(text string, at int) int {
	quote := text[at]
	for i := at + 1; i < len(text); i++ {
		switch text[i] {
		case quote:
			return i
		case '\\':
			i++
		}
	}
	return -1
}
