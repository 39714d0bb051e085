package main

import (
	"errors"
	"fmt"
	"os"
	"strconv"

	"github.com/alecthomas/kingpin/v2"
)

// namedFlagError says which flag, or which variable of the environment, has the value that
// cannot be parsed: kingpin's error has the value alone. Any other error of the command
// line stays as it is.
func namedFlagError(app *kingpin.Application, args []string, err error) error {
	line, parseErr := app.ParseContext(args)
	if parseErr != nil {
		return err
	}
	for _, element := range line.Elements {
		flag, ok := element.Clause.(*kingpin.FlagClause)
		if !ok || element.Value == nil {
			continue
		}
		model := flag.Model()
		if err := model.Value.Set(*element.Value); err != nil {
			return fmt.Errorf("--%s: %w", model.Name, plainValueError(err))
		}
	}
	for _, flag := range app.Model().Flags {
		value := os.Getenv(flag.Envar)
		if flag.Envar == "" || value == "" {
			continue
		}
		if err := flag.Value.Set(value); err != nil {
			return fmt.Errorf("environment variable %s: %w", flag.Envar, plainValueError(err))
		}
	}
	return err
}

// plainValueError leaves out the function that could not parse a number.
func plainValueError(err error) error {
	if number, ok := errors.AsType[*strconv.NumError](err); ok {
		return fmt.Errorf("%q: %w", number.Num, number.Err)
	}
	return err
}
