package host

// ErrStuck is for tests of the Reader from outside.
var ErrStuck = errStuck
