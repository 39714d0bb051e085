package plugin

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/data"

	"proctree/dashboards/live-datasource/pkg/processes"
)

// tableWith has so many processes of which nothing is known.
func tableWith(rows int) *processes.Table {
	table := processes.NewTable(rows)
	row := processes.NewRow()
	for range rows {
		table.Append(&row)
	}
	return table
}

func TestOneFrameForAllWhoAskForTheSame(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFrames(time.Second)
		built := 0
		build := func() *data.Frame {
			built++
			return data.NewFrame("processes", data.NewField("id", nil, []string{"1-1"}))
		}
		table := tableWith(1)
		first, second := f.frame(table, "tree/Viewer/a", build), f.frame(table, "tree/Viewer/a", build)
		// The SDK writes into the frame that it is given.
		first.RefID = "A"
		if built != 1 || second.RefID != "" || second.Fields[0] != first.Fields[0] {
			t.Errorf("built %d times; the other's frame has the reference %q", built, second.RefID)
		}
		f.frame(table, "tree/Editor/a", build)
		f.frame(tableWith(1), "tree/Viewer/a", build)
		if built != 3 {
			t.Errorf("built %d times for another audience and another table", built)
		}
		time.Sleep(2 * time.Second)
		synctest.Wait()
		if len(f.made) != 0 {
			t.Errorf("%d frames are kept", len(f.made))
		}
	})
}

func TestFewLargeFramesGoOutAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFrames(time.Second)
		large, small := tableWith(2*rowsAtOnce), tableWith(rowsAtOnce/4)
		first, sent := context.WithCancel(t.Context())
		if err := f.wait(first, large); err != nil {
			t.Fatal(err)
		}
		impatient, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := f.wait(impatient, small); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("a place beside a large frame: %v", err)
		}
		sent()
		synctest.Wait()
		start := time.Now()
		for range 4 {
			if err := f.wait(t.Context(), small); err != nil || time.Since(start) > 0 {
				t.Errorf("%v after %v", err, time.Since(start))
			}
		}
		// These requests do not end: after a while they count no more.
		if err := f.wait(t.Context(), small); err != nil || time.Since(start) != onItsWay {
			t.Errorf("%v after %v, want %v", err, time.Since(start), onItsWay)
		}
		time.Sleep(2 * onItsWay)
	})
}
