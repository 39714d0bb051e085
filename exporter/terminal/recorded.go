package terminal

import (
	"context"
	"time"

	"github.com/alecthomas/kingpin/v2"
)

// Recorded prints a moment of a recording as the commands ps and tree do.
type Recorded struct{ command }

// NewRecorded adds the flags of ps and tree that choose what to print. Those that say which exporter to ask
// are not among them.
func NewRecorded(cmd *kingpin.CmdClause) *Recorded {
	r := &Recorded{command{options: options{timeout: defaultTimeout}}}
	cmd.Flag("list", "Print the list instead of the tree.").BoolVar(&r.list)
	r.addChoice(cmd)
	r.addOnce(cmd)
	r.addDepth(cmd)
	return r
}

// Print prints the table of a moment. dial reaches an exporter of the recording inside this program.
func (r *Recorded) Print(ctx context.Context, cfg Config, dial Dial, at time.Time) error {
	r.Config, r.time = cfg, timeFlag{at}
	if err := r.validate(); err != nil {
		return err
	}
	r.useInside(dial)
	if r.list {
		return r.run(ctx, "ps")
	}
	return r.run(ctx, "tree")
}

// Plain returns a text that is safe to print.
func Plain(text string) string { return plain(text) }

// FormatBytes writes an amount as the tables do.
func FormatBytes(n int64) string { return formatBytes(float64(n)) }
