// Package group gives every process a group by configured rules and turns snapshots into
// counters that never fall. It is pure: no clock, no operating system, and the same
// snapshots give the same report.
package group
