// Package rules names the group of a process: it compiles the sections exclude, groups and
// process_names of the configuration file, warns of rules that can never match, and applies
// the rules to one process at a time. It keeps no state between processes.
package rules
