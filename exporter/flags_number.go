package main

import (
	"errors"
	"fmt"
	"strconv"

	"github.com/alecthomas/kingpin/v2"
)

// wholeNumber is the value of a flag that counts something. kingpin's own takes 1.5 for 1,
// and what is beyond 64 bits for a negative number.
type wholeNumber struct {
	into  *int
	least int
}

// wholeNumberVar makes a flag take whole numbers from least up.
func wholeNumberVar(flag *kingpin.FlagClause, least int, into *int) {
	flag.SetValue(&wholeNumber{into: into, least: least})
}

// Set reads the number.
func (n *wholeNumber) Set(text string) error {
	number, err := strconv.Atoi(text)
	switch {
	case errors.Is(err, strconv.ErrRange):
		return fmt.Errorf("%q is out of range", text)
	case err != nil:
		return fmt.Errorf("%q is not a whole number; set one of at least %d", text, n.least)
	case number < n.least:
		return fmt.Errorf("%d is too small; set a number of at least %d", number, n.least)
	}
	*n.into = number
	return nil
}

// String returns the number as it would be given.
func (n *wholeNumber) String() string { return strconv.Itoa(*n.into) }
