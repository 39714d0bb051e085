package rules

import (
	"regexp"
	"regexp/syntax"
	"slices"
	"unicode/utf8"
)

// language is what is known of the texts that a regular expression matches. What it does not
// know it leaves open: an expression is never taken for another one than it is.
type language struct {
	*regexp.Regexp
	// shortest is the least number of bytes of a text.
	shortest int
	// texts are all of them, if they are few; nil otherwise.
	texts []string
	// all is that every text matches, some that every text but the empty one does.
	all, some bool
}

// never is the length of a text that does not exist.
const never = 1 << 20

// languageOf looks at an expression that matches anywhere, or between ^ and $.
func languageOf(re *regexp.Regexp) language {
	l := language{Regexp: re}
	tree, err := syntax.Parse(re.String(), syntax.Perl)
	if err != nil {
		return l
	}
	tree = tree.Simplify()
	l.shortest = shortest(tree)
	whole := tree
	anchored := len(tree.Sub) > 1 && tree.Sub[0].Op == syntax.OpBeginText && tree.Sub[len(tree.Sub)-1].Op == syntax.OpEndText
	if anchored {
		l.texts = enumerate(tree)
		inner := *tree
		inner.Sub = tree.Sub[1 : len(tree.Sub)-1]
		tree = &inner
	}
	if asserts(tree) {
		if l.texts = slices.DeleteFunc(l.texts, func(s string) bool { return !re.MatchString(s) }); !possible(whole, false) {
			l.shortest, l.texts = never, nil
			return l
		}
	}
	l.all = matchesAll(tree) || !anchored && l.shortest == 0 && !asserts(tree)
	l.some = l.all || matchesSome(tree) || !anchored && isOneOfAny(tree)
	return l
}

// path reports whether the expression matches the empty text or one that begins with "/".
func (l *language) path() bool {
	tree, err := syntax.Parse(l.String(), syntax.Perl)
	return err != nil || possible(tree.Simplify(), true)
}

// shortest returns the least number of bytes that match.
func shortest(re *syntax.Regexp) int {
	switch re.Op {
	case syntax.OpNoMatch:
		return never
	case syntax.OpLiteral:
		n := 0
		for _, r := range re.Rune {
			// Of a letter in any case, one may have fewer bytes.
			if re.Flags&syntax.FoldCase != 0 {
				n++
			} else {
				n += utf8.RuneLen(r)
			}
		}
		return n
	case syntax.OpCharClass:
		if len(re.Rune) == 0 {
			return never
		}
		return 1
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		return 1
	case syntax.OpCapture, syntax.OpPlus:
		return shortest(re.Sub[0])
	case syntax.OpRepeat:
		return min(re.Min*shortest(re.Sub[0]), never)
	case syntax.OpConcat:
		n := 0
		for _, sub := range re.Sub {
			n += shortest(sub)
		}
		return min(n, never)
	case syntax.OpAlternate:
		n := never
		for _, sub := range re.Sub {
			n = min(n, shortest(sub))
		}
		return n
	}
	return 0
}

// maxTexts bounds what is enumerated.
const maxTexts = 64

// enumerate returns every text that matches, nil if they are many.
func enumerate(re *syntax.Regexp) []string {
	switch re.Op {
	case syntax.OpEmptyMatch, syntax.OpBeginText, syntax.OpEndText:
		return []string{""}
	case syntax.OpLiteral:
		if re.Flags&syntax.FoldCase == 0 {
			return []string{string(re.Rune)}
		}
	case syntax.OpCapture:
		return enumerate(re.Sub[0])
	case syntax.OpQuest:
		if inner := enumerate(re.Sub[0]); inner != nil {
			return append(inner, "")
		}
	case syntax.OpCharClass:
		return enumerateClass(re.Rune)
	case syntax.OpAlternate:
		var list []string
		for _, sub := range re.Sub {
			inner := enumerate(sub)
			if inner == nil || len(list)+len(inner) > maxTexts {
				return nil
			}
			list = append(list, inner...)
		}
		return list
	case syntax.OpConcat:
		list := []string{""}
		for _, sub := range re.Sub {
			if list = product(list, enumerate(sub)); list == nil {
				return nil
			}
		}
		return list
	}
	return nil
}

// enumerateClass returns the characters of pairs of bounds.
func enumerateClass(bounds []rune) (list []string) {
	for i := 0; i+1 < len(bounds); i += 2 {
		for r := bounds[i]; r <= bounds[i+1]; r++ {
			if len(list) == maxTexts {
				return nil
			}
			list = append(list, string(r))
		}
	}
	return list
}

// product returns each of the first with each of the second behind it.
func product(first, second []string) []string {
	if len(first)*len(second) > maxTexts || second == nil {
		return nil
	}
	var list []string
	for _, a := range first {
		for _, b := range second {
			list = append(list, a+b)
		}
	}
	return list
}

func isAny(re *syntax.Regexp) bool {
	return re.Op == syntax.OpAnyChar || re.Op == syntax.OpAnyCharNotNL
}

// matchesAll knows .* and what is made of it.
func matchesAll(re *syntax.Regexp) bool {
	switch re.Op {
	case syntax.OpStar:
		return isAny(re.Sub[0])
	case syntax.OpCapture:
		return matchesAll(re.Sub[0])
	case syntax.OpConcat, syntax.OpAlternate:
		for _, sub := range re.Sub {
			if matchesAll(sub) != (re.Op == syntax.OpConcat) {
				return re.Op == syntax.OpAlternate
			}
		}
		return re.Op == syntax.OpConcat && len(re.Sub) > 0
	}
	return false
}

// matchesSome knows .+ and what is made of it.
func matchesSome(re *syntax.Regexp) bool {
	switch re.Op {
	case syntax.OpPlus:
		return isAny(re.Sub[0])
	case syntax.OpCapture:
		return matchesSome(re.Sub[0])
	case syntax.OpConcat:
		ones := 0
		for _, sub := range re.Sub {
			switch {
			case matchesAll(sub):
			case matchesSome(sub):
				ones++
			default:
				return false
			}
		}
		return ones == 1
	}
	return false
}

// isOneOfAny knows the expressions that match anywhere in a text that is not empty.
func isOneOfAny(re *syntax.Regexp) bool {
	return isAny(re) || re.Op == syntax.OpCapture && isOneOfAny(re.Sub[0])
}

// asserts reports whether an expression depends on what is around the match.
func asserts(re *syntax.Regexp) bool {
	switch re.Op {
	case syntax.OpBeginLine, syntax.OpEndLine, syntax.OpBeginText, syntax.OpEndText, syntax.OpWordBoundary, syntax.OpNoWordBoundary:
		return true
	}
	return slices.ContainsFunc(re.Sub, asserts)
}
