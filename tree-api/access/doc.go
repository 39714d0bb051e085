// Package access decides who may see the process table: by the address a request comes
// from, by a token, by a session that a token opened, or because the server in front has
// already authenticated the caller.
package access
