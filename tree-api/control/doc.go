// Package control lets callers with the role controller act on processes: it decides who may
// touch what, answers the requests, and records every attempt. The system calls are those of
// an Actor.
package control
