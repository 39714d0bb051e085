package collector

import (
	"slices"
	"strconv"
	"testing"
	"time"

	"proctree/collector/group"
	"proctree/collector/process"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"
	"google.golang.org/protobuf/testing/protocmp"
)

// written are the metrics of the families of groups and processes in a view.
func written(t *testing.T, v *View) []*dto.Metric {
	t.Helper()
	out := make(chan prometheus.Metric, 100_000)
	for _, spec := range Table() {
		switch c := spec.New(Options{Cmdline: true}).(type) {
		case groupFamilies, processFamilies:
			if err := c.Collect(v, out); err != nil {
				t.Fatal(err)
			}
		}
	}
	close(out)
	var all []*dto.Metric
	for m := range out {
		var one dto.Metric
		if err := m.Write(&one); err != nil {
			t.Fatal(err)
		}
		all = append(all, &one)
	}
	return all
}

// TestKeptLabels: labels that are kept equal those that are made again, while groups and processes
// come, go, change and come back.
func TestKeptLabels(t *testing.T) {
	room := newArena()
	names := []string{"a", "b", "c"}
	for round := range 12 {
		r := largeReport(40, 4, 8)
		r.Shown = shownAll
		switch round % 4 {
		case 1:
			r.Groups = slices.Delete(r.Groups, 1, 2)
			r.Top = r.Top[2:]
		case 2:
			r.Groups[0].Since = boot.Add(time.Duration(round) * time.Second)
			r.Groups[0].AbnormalExits["SIGSEGV"] = group.Abnormal{Count: 2, Since: boot.Add(time.Minute)}
		case 3:
			for i := range r.Top {
				p := *r.Top[i].Process
				p.PPID, p.Name = round, names[i%len(names)]
				p.Facts = &process.Facts{Exe: "/usr/bin/" + strconv.Itoa(round), User: "somebody"}
				r.Top[i].Process = &p
			}
		}
		kept, fresh := written(t, newView(r, boot, room)), written(t, newView(r, boot, nil))
		if diff := cmp.Diff(fresh, kept, protocmp.Transform()); diff != "" || len(kept) == 0 {
			t.Fatalf("round %d (-made again +kept):\n%s", round, diff)
		}
		if want := len(r.Groups) + len(r.Top); len(room.labels.groups)+len(room.labels.processes) != want {
			t.Errorf("round %d: %d sets are kept, want %d", round, len(room.labels.groups)+len(room.labels.processes), want)
		}
		room.reset()
	}
}

// TestKeptValues: labels whose values are not known beforehand are kept up to a bound.
func TestKeptValues(t *testing.T) {
	set := groupLabels("g")
	for i := range 10 * maxValues {
		value := strconv.Itoa(i % (2 * maxValues))
		labels := set.andValue("reason", value)
		if len(labels) != 2 || *labels[1].Name != "reason" || *labels[1].Value != value {
			t.Fatalf("value %s: %v", value, labels)
		}
	}
	if len(set.with) != maxValues {
		t.Errorf("%d are kept, want %d", len(set.with), maxValues)
	}
}
