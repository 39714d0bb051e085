package rules

import "regexp"

// Expression is a regular expression that has to match a whole value, as those of groups do.
type Expression struct{ *regexp.Regexp }

// ParseExpression compiles an expression. The error quotes it.
func ParseExpression(text string) (Expression, error) {
	re, err := compileAnchored(text)
	return Expression{re}, err
}

// MatchesAll reports whether every value matches that is not empty, as far as that can be
// told from the expression.
func (e Expression) MatchesAll() bool {
	l := languageOf(e.Regexp)
	return l.all || l.some
}
