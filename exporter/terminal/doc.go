// Package terminal shows the processes of an exporter in a terminal: the commands top, ps and
// tree. It is a client of the exporter's API, and only reads. Its columns, titles, units and sort
// keys follow from the table of metrics, so that a new row there is a new column here.
package terminal
