// Package share divides what there is of the exporter among its callers, so that none of them
// can use up what the others need.
package share
