package exporter

import (
	"fmt"
	"strings"
	"testing"

	"proctree/dashboards/live-datasource/pkg/processes"
)

// manyNodes is an answer with so many processes.
func manyNodes(n int) string {
	var list strings.Builder
	for i := range n {
		if i > 0 {
			list.WriteByte(',')
		}
		node := strings.Replace(fullNode, `"id":"7-20","pid":7,"ppid":1`, fmt.Sprintf(`"id":"%d-%d","pid":%[1]d,"ppid":%d`, i+1, 100*i, i/8), 1)
		list.WriteString(node)
	}
	// The exporter writes how many there are before it writes them.
	return strings.Replace(answerOf(list.String()), `"total":3`, fmt.Sprintf(`"total":%d`, n), 1)
}

// BenchmarkDecode reads the answer of a host with 10,000 processes.
func BenchmarkDecode(b *testing.B) {
	text := manyNodes(10_000)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := decode(strings.NewReader(text)); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkFrame makes the frame of those, and encodes it as the SDK does.
func BenchmarkFrame(b *testing.B) {
	table, err := decode(strings.NewReader(manyNodes(10_000)))
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		frame := table.Select(&processes.Filter{}, 0).Frame(processes.About{})
		if _, err := frame.MarshalArrow(); err != nil {
			b.Fatal(err)
		}
	}
}
