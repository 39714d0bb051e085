package rules

import "regexp/syntax"

// neighbor is what stands beside a place in a text, as far as the empty matches of regular
// expressions ask for it: ^ and $, their forms for lines, and \b.
type neighbor uint8

const (
	// edge is the begin or the end of the text.
	edge neighbor = iota
	lineBreak
	wordRune
	otherRune
	neighbors
)

// rune returns a character of that kind, as syntax.EmptyOpContext wants it.
func (n neighbor) rune() rune {
	return [neighbors]rune{edge: -1, lineBreak: '\n', wordRune: 'a', otherRune: ' '}[n]
}

// place is where a search through an expression is: at an instruction, between two characters.
type place struct {
	pc            uint32
	before, after neighbor
}

// possible reports whether there is a text that an expression matches, or in which it matches
// something: "a^b" has none, for no text begins behind its first character. With slashed only
// the empty text and those that begin with "/" count.
func possible(tree *syntax.Regexp, slashed bool) bool {
	prog, err := syntax.Compile(tree)
	if err != nil {
		return true // Nobody knows.
	}
	s := search{prog: prog, slashed: slashed, seen: make([]uint16, len(prog.Inst))}
	for before := range neighbors {
		s.enter(uint32(prog.Start), before)
	}
	for len(s.todo) > 0 {
		p := s.todo[len(s.todo)-1]
		s.todo = s.todo[:len(s.todo)-1]
		if s.step(p) {
			return true
		}
	}
	return false
}

// search visits each place once.
type search struct {
	prog    *syntax.Prog
	slashed bool
	// seen has a bit for each pair of neighbors, by instruction.
	seen []uint16
	todo []place
}

// enter goes on at an instruction behind a character, before every kind of the next one.
func (s *search) enter(pc uint32, before neighbor) {
	for after := range neighbors {
		s.visit(place{pc, before, after})
	}
}

func (s *search) visit(p place) {
	if bit := uint16(1) << (p.before*neighbors + p.after); s.seen[p.pc]&bit == 0 {
		s.seen[p.pc] |= bit
		s.todo = append(s.todo, p)
	}
}

// step reports whether the expression matches here.
func (s *search) step(p place) bool {
	i := &s.prog.Inst[p.pc]
	switch i.Op {
	case syntax.InstMatch:
		return true
	case syntax.InstAlt, syntax.InstAltMatch:
		s.visit(place{i.Arg, p.before, p.after})
		s.visit(place{i.Out, p.before, p.after})
	case syntax.InstCapture, syntax.InstNop:
		s.visit(place{i.Out, p.before, p.after})
	case syntax.InstEmptyWidth:
		if want := syntax.EmptyOp(i.Arg); want&^syntax.EmptyOpContext(p.before.rune(), p.after.rune()) == 0 {
			s.visit(place{i.Out, p.before, p.after})
		}
	case syntax.InstRune, syntax.InstRune1, syntax.InstRuneAny, syntax.InstRuneAnyNotNL:
		if s.slashed && p.before == edge && !i.MatchRune('/') {
			return false
		}
		if p.after.in(i) {
			s.enter(i.Out, p.after)
		}
	case syntax.InstFail:
	}
	return false
}

// in reports whether an instruction takes a character of that kind.
func (n neighbor) in(i *syntax.Inst) bool {
	switch n {
	case edge:
		return false
	case lineBreak:
		return i.MatchRune('\n')
	case wordRune:
		for r := '0'; r <= 'z'; r++ {
			if syntax.IsWordChar(r) && i.MatchRune(r) {
				return true
			}
		}
		return false
	}
	return takesOther(i)
}

// wordRunes is more characters in a row than are all of a word.
const wordRunes = 'z' - '0' + 1

// takesOther reports whether an instruction takes a character that is neither of a word nor
// the end of a line.
func takesOther(i *syntax.Inst) bool {
	if i.Op == syntax.InstRuneAny || i.Op == syntax.InstRuneAnyNotNL {
		return true
	}
	bounds := i.Rune
	if len(bounds) == 1 {
		bounds = []rune{bounds[0], bounds[0]} // One character, which may be in any case.
	}
	for k := 0; k+1 < len(bounds); k += 2 {
		for r := bounds[k]; r <= min(bounds[k+1], bounds[k]+wordRunes); r++ {
			if r != '\n' && !syntax.IsWordChar(r) {
				return true
			}
		}
	}
	return false
}
