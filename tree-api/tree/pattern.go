package tree

import (
	"errors"
	"fmt"
	"regexp"
	"regexp/syntax"
)

// Pattern is a regular expression with what it costs: Go's engine makes at most as many
// steps for each byte of a text as the program has instructions, however the expression is
// written (https://swtch.com/~rsc/regexp/regexp1.html).
type Pattern struct {
	*regexp.Regexp
	instructions int
}

const (
	// instructionsPerByte and freeInstructions bound a program: a plain text has one
	// instruction for each of its characters. Few bytes can repeat a lot, as (.?){1000}.
	instructionsPerByte = 2
	freeInstructions    = 100

	// MaxSteps bounds the work of one answer: a second or less. A host of 10,000 processes
	// has two million bytes of names, paths and command lines.
	MaxSteps = 300_000_000
)

// CompilePattern refuses what cannot be compiled, and what would be slow to match.
func CompilePattern(text string) (*Pattern, error) {
	parsed, err := syntax.Parse(text, syntax.Perl)
	if err != nil {
		return nil, err
	}
	program, err := syntax.Compile(parsed.Simplify())
	if err != nil {
		return nil, err
	}
	if most := freeInstructions + instructionsPerByte*len(text); len(program.Inst) > most {
		return nil, fmt.Errorf("repeats too much: %d steps for each character of a text, at most %d are allowed", len(program.Inst), most)
	}
	compiled, err := regexp.Compile(text)
	if err != nil {
		return nil, err
	}
	return &Pattern{compiled, len(program.Inst)}, nil
}

// Steps is about the most that it takes to match so many bytes.
func (p *Pattern) Steps(bytes int) int { return p.instructions * (bytes + 1) }

// errTooMuchWork is returned for an expression that is slow on the whole table.
var errTooMuchWork = errors.New("takes too long on a table of this size; write a shorter one, or use match")
