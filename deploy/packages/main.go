// Command packages builds what people install: static programs for each platform, packed as
// .deb, .rpm, .tar.gz and .zip, with their checksums and bills of materials. The same
// commit and compiler give the same bytes on every machine.
//
// It runs in the folder of its module, which lies in the repository it packs.
package main

import (
	"context"
	"flag"
	"fmt"
	"net/mail"
	"os"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// nobody is the maintainer of packages that nobody has put his name to. No mail reaches the
// domain (https://www.rfc-editor.org/rfc/rfc6761#section-6.4).
const nobody = "The proctree authors <nobody@proctree.invalid>"

func main() {
	if err := runUntilInterrupt(); err != nil {
		fmt.Fprintln(os.Stderr, "packages:", err)
		os.Exit(1) //nolint:forbidigo // This is main.
	}
}

func runUntilInterrupt() error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	return run(ctx, os.Args[1:])
}

func run(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("packages", flag.ContinueOnError)
	r := release{root: filepath.Join("..", "..")}
	flags.StringVar(&r.version, "version", "unknown", "version, as git describe tells it")
	flags.StringVar(&r.ldflags, "ldflags", "-s -w", "flags of the linker")
	flags.StringVar(&r.maintainer, "maintainer", nobody, "who answers for the Debian and RPM packages, as NAME <ADDRESS>")
	flags.StringVar(&r.out, "out", "dist", "folder to write to, in place of the packages there")
	only := flags.String("only", "", "platforms, such as linux/amd64,linux/armv7; all if empty")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if _, err := mail.ParseAddress(r.maintainer); err != nil {
		return fmt.Errorf("maintainer %q: %w", r.maintainer, err)
	}
	var err error
	if r.targets, err = selectTargets(*only); err != nil {
		return err
	}
	if r.time, err = sourceTime(ctx, r.root); err != nil {
		return err
	}
	return r.make(ctx)
}

// sourceTime is the time that everything made bears: SOURCE_DATE_EPOCH
// (https://reproducible-builds.org/specs/source-date-epoch/), else that of the last commit.
func sourceTime(ctx context.Context, root string) (time.Time, error) {
	text := os.Getenv("SOURCE_DATE_EPOCH")
	if text == "" {
		out, err := output(ctx, root, nil, "git", "log", "-1", "--format=%ct")
		if err != nil {
			return time.Time{}, fmt.Errorf("time of the last commit (outside a checkout set SOURCE_DATE_EPOCH): %w", err)
		}
		text = strings.TrimSpace(out)
	}
	seconds, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return time.Time{}, fmt.Errorf("SOURCE_DATE_EPOCH: %w", err)
	}
	return time.Unix(seconds, 0).UTC(), nil
}
