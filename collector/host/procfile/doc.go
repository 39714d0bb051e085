// Package procfile reads the files of the proc and sys file systems that tell of the whole
// host, and parses those that several packages need.
//
// One rule holds for every parser here and in the packages that use this one: a line, a
// field or a file that cannot be parsed costs only what is derived from it. A parser
// therefore never returns early. It returns all that it could parse, and adds the rest to a
// Damage, which counts and names it. A file that the host does not have is no damage, and
// neither is a line that a parser does not know: kernels add files and lines.
//
// A value that cannot be true, such as a counter that wrapped below zero or more CPU time
// than there was time, is damage as well: it is absent, and never passed on.
package procfile
