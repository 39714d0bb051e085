// Package events keeps what happened to processes lately: forks, execs, exits, and kills because memory ran
// out. It has them from the kernel where that is permitted, else from the differences between scans. Its
// memory is bounded: in a storm it gives up details before counts.
package events
