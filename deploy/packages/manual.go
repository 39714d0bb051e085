package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// manual holds what people read and what shells complete with: files that the program
// itself writes, the same for every target.
type manual struct {
	// page is the manual page, for section 8 (man-pages(7)), compressed.
	page string
	// bash and zsh are completions.
	bash, zsh string
}

// pageEnd follows what kingpin makes of the flags.
const pageEnd = `.SH "COMMANDS"
Without a command, the program is the exporter. Each command has \fB--help\fR.
.TP
\fBtop\fR
Shows the live tree or list of processes, with the keys of htop.
.TP
\fBps\fR, \fBtree\fR
Print the processes once: a table, CSV or JSON.
.TP
\fBhistory report\fR \fIDIRECTORY\fR
Reports what happened between two moments of a recording, as text or a page.
.TP
\fBhistory list\fR, \fBhistory verify\fR, \fBhistory show\fR, \fBhistory export\fR \fIDIRECTORY\fR
Read a recording, or a copy of it: its contents, its damage, the tree at a moment, all tables as JSON or CSV.
.SH "FILES"
.TP
\fI/etc/default/proctree_exporter\fR
Flags of the service, in ARGS.
.TP
\fI/etc/proctree/proctree.yml\fR
Groups, exclusions and privacy.
.SH "EXIT STATUS"
0 after a regular end, 1 after an error, which is printed to standard error.
.SH "SIGNALS"
.TP
\fBSIGHUP\fR
Reads the configuration file and the token file again.
.TP
\fBSIGTERM\fR, \fBSIGINT\fR
Answers the requests under way and ends.
.SH "SEE ALSO"
\fBprometheus\fR(1), \fBps\fR(1), \fBtop\fR(1), \fBproc\fR(5)
`

// writeManual runs the program of this machine once and writes what it says into a folder.
func (r *release) writeManual(ctx context.Context, dir string) (manual, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return manual{}, err
	}
	binary := filepath.Join(abs, "manual-"+program)
	if _, err := output(ctx, r.root, nil, "go", "build", "-trimpath", "-buildvcs=false", "-ldflags", r.ldflags, "-o", binary, "./exporter"); err != nil {
		return manual{}, err
	}
	m := manual{
		page: filepath.Join(abs, program+".8.gz"),
		bash: filepath.Join(abs, program+".bash"),
		zsh:  filepath.Join(abs, "_"+program),
	}
	page, err := output(ctx, abs, nil, binary, "--help-man")
	if err != nil {
		return manual{}, err
	}
	if err := r.writeManualPage(m.page, page); err != nil {
		return manual{}, fmt.Errorf("manual page: %w", err)
	}
	for path, flag := range map[string]string{m.bash: "--completion-script-bash", m.zsh: "--completion-script-zsh"} {
		script, err := output(ctx, abs, nil, binary, flag)
		if err != nil {
			return manual{}, err
		}
		if err := os.WriteFile(path, []byte(strings.TrimLeft(script, "\n")), 0o644); err != nil {
			return manual{}, err
		}
	}
	return m, nil
}

// writeManualPage gives a page of kingpin its heading and its end, and compresses it. Text
// is not adjusted on the right, as groff warns of lines that it cannot stretch.
func (r *release) writeManualPage(path, page string) error {
	_, body, found := strings.Cut(page, ".SH \"SYNOPSIS\"\n")
	if !found {
		return fmt.Errorf("--help-man prints no SYNOPSIS: %.80q", page)
	}
	var compressed bytes.Buffer
	w, err := gzip.NewWriterLevel(&compressed, gzip.BestCompression)
	if err != nil {
		return err
	}
	if _, err := fmt.Fprintf(w, ".TH PROCTREE_EXPORTER 8 %q %q \"System administration\"\n.ad l\n"+
		".SH \"NAME\"\n%s \\- Prometheus exporter of the processes of a host, and their live tree\n.SH \"SYNOPSIS\"\n%s%s",
		r.time.UTC().Format("2006-01-02"), "proctree "+packageVersion(r.version, r.time), program, body, pageEnd); err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		return err
	}
	return os.WriteFile(path, compressed.Bytes(), 0o644)
}
