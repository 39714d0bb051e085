package terminal

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/alecthomas/kingpin/v2"
)

// Config is what the commands need of the program.
type Config struct {
	// Program is its name.
	Program string
	Stdin   *os.File
	Stdout  io.Writer
	Stderr  io.Writer
	// FlagError names the flag in an error of kingpin that has the value alone.
	FlagError func(app *kingpin.Application, args []string, err error) error
	// Local returns how to reach an exporter inside this program, and what ends it.
	Local func(context.Context) (dial Dial, stop func(), err error)
}

// Dial connects to an exporter.
type Dial func(ctx context.Context, network, address string) (net.Conn, error)

// names are the commands.
func names() []string { return []string{"top", "ps", "tree"} }

// completion is the flag by which shells ask kingpin.
const completion = "--completion-bash"

// IsCommand reports whether a command line is one of the commands, or a shell that wants to
// complete one.
func IsCommand(args []string) bool {
	if len(args) > 1 && args[0] == completion {
		return !strings.HasPrefix(args[1], "-")
	}
	return len(args) > 0 && (args[0] == "help" || slices.Contains(names(), args[0]))
}

// command is what the command line says.
type command struct {
	Config
	options options
	local   bool

	search      string
	sort, order string
	columns     string
	root        int
	limit       int
	depth       int
	format      string
	interval    time.Duration
	list        bool
	// time is the moment to show; zero is now, or the last one of a recording.
	time timeFlag
}

// defaultTimeout is how long an answer may take.
const defaultTimeout = 10 * time.Second

// errAnswered is returned when the command line was a question, such as --help, and has been
// answered.
var errAnswered = errors.New("answered")

// Run runs a command.
func Run(ctx context.Context, cfg Config, args []string) error {
	c := &command{Config: cfg, options: options{timeout: defaultTimeout}}
	name, err := c.parse(args)
	if errors.Is(err, errAnswered) {
		return nil
	}
	if err != nil {
		return err
	}
	if c.local {
		dial, stop, err := cfg.Local(ctx)
		if err != nil {
			return err
		}
		defer stop()
		c.useInside(dial)
	}
	return advised(c.run(ctx, name))
}

// run asks the exporter.
func (c *command) run(ctx context.Context, name string) error {
	client, err := newClient(&c.options)
	if err != nil {
		return err
	}
	defer client.close()
	for _, warning := range c.options.warnings(client.target) {
		if _, err := fmt.Fprintf(c.Stderr, "%s: warning: %s\n", c.Program, plain(warning)); err != nil {
			return fmt.Errorf("warn: %w", err)
		}
	}
	switch name {
	case "top":
		return c.top(ctx, client)
	case "tree":
		return c.tree(ctx, client)
	}
	return c.ps(ctx, client)
}

// useInside asks an exporter inside this program. Nothing that is meant for another one may have a say.
func (c *command) useInside(dial Dial) {
	c.options = options{url: defaultURL, timeout: c.options.timeout, dial: dial}
}

// advised adds what to do about an exporter that does not answer.
func advised(err error) error {
	if _, ok := errors.AsType[*unreachableError](err); ok {
		return fmt.Errorf("%w; start one, set --url to another, or use --local", err)
	}
	return err
}

func (c *command) parse(args []string) (name string, err error) {
	app := c.app()
	answered := false
	app.Terminate(func(int) { answered = true })
	app.UsageWriter(c.Stdout)
	app.ErrorWriter(io.Discard)
	name, err = app.Parse(args)
	switch {
	case answered:
		return "", errAnswered
	case err != nil && len(args) > 0 && slices.Contains(names(), args[0]):
		return "", fmt.Errorf("%w, try %s --help", c.FlagError(app, args, err), args[0])
	case err != nil:
		return "", err
	}
	return name, c.validate()
}

// app returns the command line.
func (c *command) app() *kingpin.Application {
	app := kingpin.New(c.Program, "Shows the processes of a host in the terminal. Without a command, the program is the exporter, whose flags are in --help.")
	app.HelpFlag.Short('h')
	top := app.Command("top", "Show the live tree or list of processes, with the keys of htop. It only reads.")
	c.addCommon(top)
	top.Flag("interval", "Time between two updates, 1s to 60s.").Default("2s").Short('d').DurationVar(&c.interval)
	top.Flag("list", "Begin with the list instead of the tree.").BoolVar(&c.list)

	ps := app.Command("ps", "Print the processes once: a table, CSV or JSON.")
	c.addCommon(ps)
	c.addTime(ps)
	c.addOnce(ps)

	tree := app.Command("tree", "Print the tree of processes once: a table, CSV or JSON.")
	c.addCommon(tree)
	c.addTime(tree)
	c.addOnce(tree)
	c.addDepth(tree)
	// For --help and completion: another package runs it.
	app.Command("history", "Read a recording of the process table; see history --help.")
	return app
}

func (c *command) addDepth(cmd *kingpin.CmdClause) {
	cmd.Flag("depth", "Number of levels below the top ones; -1 is all.").Default("-1").IntVar(&c.depth)
}

func (c *command) addCommon(cmd *kingpin.CmdClause) {
	c.addConnection(cmd)
	c.addChoice(cmd)
}

// addChoice adds the flags that choose processes and columns.
func (c *command) addChoice(cmd *kingpin.CmdClause) {
	cmd.Flag("search", "Show only the processes that match, as the search box of the page does; trees keep their ancestors.").
		Short('s').PlaceHolder("TEXT").StringVar(&c.search)
	cmd.Flag("root", "Show only the process with this PID and its descendants.").PlaceHolder("PID").IntVar(&c.root)
	cmd.Flag("sort", "Column to sort by.").PlaceHolder("COLUMN").StringVar(&c.sort)
	cmd.Flag("order", "Order of the sort: asc or desc. By default, numbers descend and texts ascend.").
		PlaceHolder("ORDER").EnumVar(&c.order, "asc", "desc")
	cmd.Flag("columns", "Columns, with commas between them. Example: pid,cpu,name.").Short('o').PlaceHolder("COLUMNS").StringVar(&c.columns)
}

// addConnection adds the flags that say which exporter to ask, and how.
func (c *command) addConnection(cmd *kingpin.CmdClause) {
	o := &c.options
	cmd.Flag("url", "Address of the exporter: http://…, https://… or unix:///SOCKET.").
		Envar("PROCTREE_URL").Default(defaultURL).StringVar(&o.url)
	cmd.Flag("local", "Read the processes of this host without an exporter, with the rights of this account.").BoolVar(&c.local)
	cmd.Flag("token-file", "File with the token alone. Without it, the variable "+tokenVariable+" may hold the token.").
		Envar("PROCTREE_TOKEN_FILE").PlaceHolder("FILE").StringVar(&o.tokenFile)
	cmd.Flag("user", "User, where the exporter asks for one (--web.config.file).").PlaceHolder("NAME").StringVar(&o.user)
	cmd.Flag("password-file", "File with the user's password alone.").PlaceHolder("FILE").StringVar(&o.passwordFile)
	cmd.Flag("tls-ca-file", "Certificates that may sign the exporter's (PEM), instead of the system's.").PlaceHolder("FILE").StringVar(&o.caFile)
	cmd.Flag("tls-cert-file", "Certificate to show to the exporter (PEM).").PlaceHolder("FILE").StringVar(&o.certFile)
	cmd.Flag("tls-key-file", "Key of that certificate (PEM).").PlaceHolder("FILE").StringVar(&o.keyFile)
	cmd.Flag("tls-server-name", "Name that the exporter's certificate must have, instead of that in --url.").PlaceHolder("NAME").StringVar(&o.serverName)
	cmd.Flag("tls-skip-verify", "Accept any certificate. Unsafe.").BoolVar(&o.insecure)
	cmd.Flag("timeout", "How long an answer may take.").Default(defaultTimeout.String()).DurationVar(&o.timeout)
}

func (c *command) addOnce(cmd *kingpin.CmdClause) {
	cmd.Flag("format", "Output: table, csv or json. The last two have values in base units under the names of the metrics.").
		Short('f').Default("table").EnumVar(&c.format, "table", "csv", "json")
	cmd.Flag("limit", "Maximum number of processes that match; 0 is all.").Short('n').Default("0").IntVar(&c.limit)
}

func (c *command) validate() error {
	switch {
	case c.options.timeout <= 0:
		return fmt.Errorf("--timeout: %v is not more than 0", c.options.timeout)
	case c.limit < 0:
		return fmt.Errorf("--limit: %d is less than 0", c.limit)
	case c.root < 0:
		return fmt.Errorf("--root: %d is not a PID", c.root)
	case c.local && !c.time.IsZero():
		return errors.New("--time: nothing is recorded with --local; ask an exporter that records, or use \"history show\"")
	case c.depth < -1:
		return fmt.Errorf("--depth: %d is less than -1", c.depth)
	case c.interval != 0 && (c.interval < time.Second || c.interval > time.Minute || c.interval%time.Second != 0):
		return fmt.Errorf("--interval: must be whole seconds from 1s to 60s, not %v", c.interval)
	}
	if _, err := c.sortColumn("pid"); err != nil {
		return err
	}
	if c.columns != "" {
		if _, err := findColumns(c.columns); err != nil {
			return fmt.Errorf("--columns: %w", err)
		}
	}
	return nil
}

// sortColumn returns the column to sort by, which must be one by which the exporter sorts.
func (c *command) sortColumn(otherwise string) (*column, error) {
	name := c.sort
	if name == "" {
		name = otherwise
	}
	by, err := findColumn(name)
	if err == nil && !by.Sortable() {
		err = fmt.Errorf("processes cannot be sorted by %q", by.Name)
	}
	if err != nil {
		return nil, fmt.Errorf("--sort: %w", err)
	}
	return by, nil
}

// descends returns the direction of a sort.
func (c *command) descends(by *column) bool {
	if c.order == "" {
		return by.descends()
	}
	return c.order == "desc"
}

func (c *command) charset() charset { return newCharset(os.Getenv, runtime.GOOS == "windows") }
