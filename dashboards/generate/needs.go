package main

import "strings"

// needs is what a panel's data comes from, told to who sees no data.
type needs struct {
	long, short string
}

// collectors are those of the exporter that a panel shows: switched on by
// --collector.NAME.
func collectors(names ...string) needs {
	flags := "--collector." + strings.Join(names, ", --collector.")
	return needs{
		long:  "No data here: is it collected (" + flags + ")?",
		short: "no " + strings.Join(names, ", "),
	}
}

// ofGroup are the collectors of what one group has: it has nothing while nothing of it runs.
func ofGroup(names ...string) needs {
	flags := "--collector." + strings.Join(names, ", --collector.")
	return needs{
		long:  "No data here: did anything of the group run, and is it collected (" + flags + ")?",
		short: "none",
	}
}

// ofRecording is for series that Prometheus computes by alerting-rules/recording.yml.
var ofRecording = needs{
	long:  "No data here: does Prometheus load alerting-rules/recording.yml, and for long enough?",
	short: "no recording.yml",
}

// nothing is for panels that are empty while all is well.
func nothing(text string) needs {
	return needs{long: text, short: text}
}

// ofPrometheus is for series that Prometheus itself makes of each scrape.
var ofPrometheus = needs{
	long:  "No data here: does Prometheus scrape the job chosen above?",
	short: "no scrape",
}
