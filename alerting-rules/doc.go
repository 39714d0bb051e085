// Package alertingrules holds no code, only the tests of the rules beside it: Prometheus
// accepts them, each alert fires when it should and at no other time, and all they speak of
// exists.
package alertingrules
