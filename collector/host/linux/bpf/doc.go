// Package bpf reads the process table and the exits of processes by BPF programs. It
// gives the kernel's metrics as they are; the tables here make processes of them, and package exits records.
package bpf
