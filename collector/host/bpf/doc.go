// Package bpf reads the process table and the exits of processes by BPF programs. It
// gives the kernel's figures as they are; package host makes processes of them.
package bpf
