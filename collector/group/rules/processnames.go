package rules

import (
	"errors"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"
)

// defaultProcessName is process-exporter's name for an entry that gives none.
const defaultProcessName = "{{.ExeBase}}"

// processName is one entry of process_names, with the meaning it has in
// github.com/ncabatoff/process-exporter (README, "Using a config file"): comm is any of
// the names, exe any of the argv[0], cmdline are expressions that must all match
// somewhere in the command line, and all that are given must hold.
type processName struct {
	// at is where it stands in the file.
	at keyed
	namer
	comm    map[string]bool
	exe     map[string]string
	cmdline []*regexp.Regexp
}

// processNameFields are what a template of process_names may use.
type processNameFields struct {
	Comm, ExeBase, ExeFull, Username string
	Cgroups                          []string
	PID                              int
	StartTime                        time.Time
	Matches                          map[string]string
}

func (p *processName) groupOf(s *Subject) (string, bool) {
	argv := s.Facts.Cmdline
	if p.comm != nil && !p.comm[s.Name] || p.exe != nil && !p.matchExe(argv) {
		return "", false
	}
	for _, re := range p.cmdline {
		if !re.MatchString(s.commandLine()) {
			return "", false
		}
	}
	if p.tmpl == nil {
		return p.constant, true
	}
	// As there, what was written before an error is the name, and if that is nothing the
	// entry has matched all the same.
	name, _ := p.execute(p.fieldsOf(s))
	return name, true
}

// fieldsOf returns what the template may use of a process: of its command line, what may be
// shown.
func (p *processName) fieldsOf(s *Subject) processNameFields {
	f := processNameFields{
		Comm: s.Name, ExeBase: s.Name, ExeFull: s.Name, Username: s.Facts.User,
		PID: s.ID.PID, StartTime: s.startTime(), Matches: map[string]string{},
	}
	argv := s.Shown.LabelArgs(s.Facts.Cmdline)
	switch {
	case len(argv) > 0:
		f.ExeFull, f.ExeBase = argv[0], filepath.Base(argv[0])
	case len(s.Facts.Cmdline) > 0 && s.Facts.Exe != "":
		// A command line that is not shown: its first argument mostly names the program.
		f.ExeBase = base(s.Facts.Exe)
	}
	if s.Facts.Cgroup != "" {
		f.Cgroups = []string{s.Shown.cgroup(s.Facts.Cgroup)}
	}
	line := strings.Join(argv, " ")
	for _, re := range p.cmdline {
		found := re.FindStringSubmatch(line)
		for i, name := range re.SubexpNames() {
			f.Matches[name] = ""
			if found != nil {
				f.Matches[name] = found[i]
			}
		}
	}
	return f
}

// matchExe: an entry with a slash is the whole argv[0], another its base.
func (p *processName) matchExe(argv []string) bool {
	if len(argv) == 0 {
		return false
	}
	full, ok := p.exe[filepath.Base(argv[0])]
	return ok && (full == "" || full == argv[0])
}

var processNameKeys = map[string]bool{"name": true, "comm": true, "exe": true, "cmdline": true}

// parseProcessNames reads the list process_names.
func parseProcessNames(list []keyed) ([]grouper, error) {
	rules := make([]grouper, 0, len(list))
	for _, item := range list {
		p, err := parseProcessName(item)
		if err != nil {
			return nil, err
		}
		rules = append(rules, p)
	}
	return rules, nil
}

func parseProcessName(item keyed) (*processName, error) {
	fields, err := item.fields(processNameKeys)
	if err != nil {
		return nil, err
	}
	p := &processName{at: item}
	nameAt, text := item, ""
	selectors := false
	for _, f := range fields {
		if isNull(f.Node) {
			continue
		}
		if f.name == "name" {
			nameAt = f.keyed
			if text, err = f.text(); err != nil {
				return nil, err
			}
			continue
		}
		selectors = true
		if err := p.addSelector(f); err != nil {
			return nil, err
		}
	}
	if !selectors {
		return nil, item.fault(errors.New("no matcher; give at least one of comm, exe and cmdline"))
	}
	if text == "" {
		text = defaultProcessName
	}
	if p.namer, err = newNamer(text, "default", p.sampleFields(wholeSample)); err != nil {
		return nil, nameAt.fault(err)
	}
	return p, nil
}

func (p *processName) addSelector(f field) error {
	values, err := f.texts()
	if err != nil {
		return err
	}
	switch f.name {
	case "comm":
		p.comm = make(map[string]bool, len(values))
		for _, v := range values {
			p.comm[v] = true
		}
	case "exe":
		p.exe = make(map[string]string, len(values))
		for _, v := range values {
			if strings.Contains(v, "/") {
				p.exe[filepath.Base(v)] = v
			} else {
				p.exe[v] = ""
			}
		}
	case "cmdline":
		for i, v := range values {
			re, err := compileSearch(v)
			if err != nil {
				return faultAt(f.Content[i], fmt.Sprintf("%s[%d]", f.key, i), err)
			}
			p.cmdline = append(p.cmdline, re)
		}
	}
	return nil
}

// compileSearch compiles an expression that may match anywhere.
func compileSearch(expr string) (*regexp.Regexp, error) {
	if len(expr) > maxExpression {
		return nil, fmt.Errorf("bad expression: longer than %d bytes", maxExpression)
	}
	re, err := regexp.Compile(expr)
	if err != nil {
		return nil, fmt.Errorf("bad expression: %w", err)
	}
	return re, nil
}

// sampleFields has every field set, to try the template with.
func (p *processName) sampleFields(s sample) any {
	f := processNameFields{
		Comm: sampleText, ExeBase: s.cmdline, ExeFull: s.cmdline, Username: sampleText,
		Cgroups: slices.Repeat([]string{s.cgroup}, 32), Matches: map[string]string{},
	}
	for _, re := range p.cmdline {
		addCaptures(f.Matches, re, s.cmdline)
	}
	return f
}
