package rules

import "proctree/collector/process"

// sampleText stands in for any field when a template is tried: long enough to slice.
const sampleText = "/0123456789012345678901234567890123456789012345678901234567890123456789"

// sample is what a template is tried with: a text for each kind of field that not everybody
// may see. All others are sampleText.
type sample struct{ exe, cgroup, cmdline string }

// wholeSample has every field.
var wholeSample = sample{sampleText, sampleText, sampleText}

func (s sample) text(kind secrecy) string {
	switch kind {
	case anExe:
		return s.exe
	case aCgroup:
		return s.cgroup
	case aCmdline:
		return s.cmdline
	}
	return sampleText
}

// subject returns a process with the command line.
func (s sample) subject() *Subject {
	return &Subject{
		Name: sampleText, Facts: &process.Facts{Cmdline: []string{s.cmdline}},
		Shown: &Shown{Cmdline: func(args []string) []string { return args }, Open: true},
	}
}
