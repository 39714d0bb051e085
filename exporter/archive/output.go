package archive

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/alecthomas/kingpin/v2"
)

// addOutput adds the file to write.
func addOutput(cmd *kingpin.CmdClause, output *string) {
	cmd.Flag("output", "File to write, which only you can read; by default standard output.").Short('o').PlaceHolder("FILE").StringVar(output)
}

// write prints to a file as a whole, or to standard output where no file is named. The file holds command
// lines, as the recording does. One that is already there is replaced.
func (c *Config) write(output string, printTo func(io.Writer) error) error {
	if output == "" {
		return printTo(c.Stdout)
	}
	f, err := os.CreateTemp(filepath.Dir(output), "."+filepath.Base(output)+"-*")
	if err != nil {
		return fmt.Errorf("--output: %w", err)
	}
	err = errors.Join(printTo(f), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), output)
	}
	if err != nil {
		return fmt.Errorf("--output: %w", errors.Join(err, os.Remove(f.Name())))
	}
	return nil
}
