package stream

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"proctree/collector/group"
	"proctree/collector/group/rules"
	"proctree/collector/group/rules/rulestest"
	"proctree/collector/host/hosttest"
	"proctree/collector/process"
	"proctree/tree-api/access"
	"proctree/tree-api/tree"
	"proctree/tree-api/treetest"
)

func TestHubReadsOnlyWhileSomebodyListens(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		source := treetest.NewLiving(t, treetest.One)
		following := streamsOf(t, source)
		time.Sleep(time.Minute)
		if got := source.Scans.Load(); got != 0 {
			t.Errorf("%d scans although nobody listens", got)
		}
		l := listen(t, following, 1, access.Operator, "")
		if m, _ := l.next(t); m.Type != "full" || m.Seq != 1 || len(m.Processes) != 2 {
			t.Errorf("the first message is %+v", m)
		}
		for seq := uint64(2); seq < 20; seq++ {
			m, took := l.next(t)
			if m.Type != "diff" || m.Seq != seq || took < 900*time.Millisecond || took > 1100*time.Millisecond {
				t.Fatalf("after %s: %+v", took, m)
			}
			// With the second scan the rates of all become known.
			if seq > 2 && len(m.Changed) != 1 || m.Interval < 1 || m.Interval > 1.1 {
				t.Fatalf("more than the worker has worked: %+v", m)
			}
		}
		l.leave()
		scans := source.Scans.Load()
		if time.Sleep(time.Minute); source.Scans.Load() != scans {
			t.Error("scans go on although nobody listens any more")
		}
		again := listen(t, following, 1, access.Operator, "")
		if m, _ := again.next(t); m.Type != "full" || m.Seq != 1 {
			t.Errorf("who comes again gets %+v", m)
		}
		if m, _ := again.next(t); m.Type != "diff" || m.Seq != 2 {
			t.Errorf("and then %+v", m)
		}
	})
}

func TestHubEncodesOnceForAll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		source := treetest.NewLiving(t, treetest.One)
		following := streamsOf(t, source)
		var all []*listener
		for range 5 {
			all = append(all, listen(t, following, 1, access.Operator, ""))
		}
		viewer := listen(t, following, 1, access.Viewer, "")
		filtered := listen(t, following, 1, access.Operator, "match=init")
		for range 3 {
			first := <-all[0].messages
			for _, l := range all[1:] {
				if other := <-l.messages; &other[0] != &first[0] {
					t.Error("the same message was made twice")
				}
			}
			if other := <-viewer.messages; &other[0] == &first[0] {
				t.Error("a viewer gets the message of an operator")
			}
			if m, _ := filtered.next(t); m.Matched != 1 || m.Total != 2 {
				t.Errorf("the filter is lost: %+v", m)
			}
		}
	})
}

// TestHubJoinsInTheMiddle holds that who comes later gets the whole table, and then the
// same messages as the others.
func TestHubJoinsInTheMiddle(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		source := treetest.NewLiving(t, treetest.One)
		following := streamsOf(t, source)
		early := listen(t, following, 1, access.Operator, "")
		for range 3 {
			early.next(t)
		}
		late := listen(t, following, 1, access.Operator, "")
		if m, _ := late.next(t); m.Type != "full" || m.Seq != 3 || len(m.Processes) != 2 {
			t.Errorf("who comes later gets %+v", m)
		}
		a, _ := early.next(t)
		if b, _ := late.next(t); a.Seq != 4 || b.Seq != 4 || b.Type != "diff" {
			t.Errorf("then one gets %+v and the other %+v", a, b)
		}
	})
}

func TestHubKeepsIntervalsApart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		source := treetest.NewLiving(t, treetest.One)
		following := streamsOf(t, source)
		fast, slow := listen(t, following, 1, access.Operator, ""), listen(t, following, 5, access.Operator, "")
		count := func(l *listener, d time.Duration) (n int, last treetest.Message) {
			for end := time.After(d); ; n++ {
				select {
				case data := <-l.messages:
					last = treetest.Decode(t, data)
				case <-end:
					return n, last
				}
			}
		}
		done := make(chan int)
		go func() {
			n, _ := count(fast, 61*time.Second)
			done <- n
		}()
		n, last := count(slow, 61*time.Second)
		if fastOnes := <-done; n < 12 || n > 14 || fastOnes < 58 || fastOnes > 62 {
			t.Errorf("%d messages every 5 s and %d every second", n, fastOnes)
		}
		if last.Interval < 4.9 || last.Interval > 5.2 || last.Changed[0]["cpu"].(map[string]any)["cores"].(float64) < 0.9 {
			t.Errorf("the slow one's rates are not over its own interval: %+v", last)
		}
		if scans := source.Scans.Load(); scans > 63 {
			t.Errorf("%d scans in a minute for two streams", scans)
		}
	})
}

func TestHubCutsWhoIsTooSlow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		source := treetest.NewLiving(t, treetest.One)
		following := streamsOf(t, source)
		slow, good := listen(t, following, 1, access.Operator, ""), listen(t, following, 1, access.Operator, "")
		for range queued + 3 {
			if _, took := good.next(t); took > 1100*time.Millisecond {
				t.Errorf("the slow one keeps the other waiting for %s", took)
			}
		}
		select {
		case <-slow.ended:
		default:
			t.Fatal("the slow one is not cut")
		}
		if slow.farewell != tooSlow || len(slow.messages) != queued {
			t.Errorf("farewell %+v with %d messages waiting", slow.farewell, len(slow.messages))
		}
	})
}

func TestHubTellsWhenTheTableCannotBeRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		source := treetest.NewLiving(t, treetest.One)
		following := streamsOf(t, source)
		l := listen(t, following, 1, access.Operator, "")
		l.next(t)
		source.Broken.Store(true)
		time.Sleep(2 * time.Second)
		source.Broken.Store(false)
		if m, _ := l.next(t); m.Seq != 2 {
			t.Errorf("after two failures comes %+v", m)
		}
		source.Broken.Store(true)
		select {
		case <-l.ended:
		case <-time.After(10 * time.Second):
			t.Fatal("the stream goes on without a table")
		}
		if l.farewell != noTable {
			t.Errorf("the farewell is %+v", l.farewell)
		}
		l.leave()
		if _, err := following.hub.join(t.Context(), l.wish); err == nil {
			t.Error("one can join although there is no table")
		}
	})
}

// TestRefresh: when it returns, nothing of what the configuration before showed is sent.
func TestRefresh(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		source := treetest.NewLiving(t, func(int) []process.Process {
			return []process.Process{
				hosttest.Process(1, 0, "init"), hosttest.Process(2, 1, "worker", hosttest.Cmdline("worker", "--token=abc")), hosttest.Process(3, 1, "secret"),
			}
		})
		following := streamsOf(t, source)
		quick, slow := listen(t, following, 60, access.Operator, ""), listen(t, following, 60, access.Operator, "match=worker")
		if m, _ := quick.next(t); m.Processes[1]["cmdline"].([]any)[1] != "--token=***" || len(m.Processes) != 3 {
			t.Errorf("the first message is %+v", m)
		}
		following.Refresh(source.Reload(group.Config{Rules: rulestest.Must(t, "exclude: [{name: secret}]"), Shown: rules.Shown{}}))

		// The new table is there at once, and not with the next beat.
		m, took := quick.next(t)
		if took != 0 || m.Type != "diff" || m.Seq != 2 || len(m.Removed) != 1 || m.Total != 2 {
			t.Errorf("after %v: %+v", took, m)
		}
		if value, ok := m.Changed[0]["cmdline"]; !ok || value != nil {
			t.Errorf("the command line is still there: %+v", m)
		}
		// Who has not read the first message gets none of the old ones any more.
		<-slow.ended
		if slow.farewell != reloaded {
			t.Errorf("the farewell is %+v", slow.farewell)
		}
		if m, _ := listen(t, following, 60, access.Operator, "").next(t); len(m.Processes) != 2 || m.Processes[1]["cmdline"] != nil {
			t.Errorf("a stream that begins shows %+v", m)
		}
		if m, _ := quick.next(t); m.Seq != 3 {
			t.Errorf("then comes %+v", m)
		}
	})
}

// TestRefreshWhileJoining holds that the first message is never that of an old configuration.
func TestRefreshWhileJoining(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		source := treetest.NewLiving(t, treetest.One)
		following := streamsOf(t, source)
		old, err := source.Report(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		l := listen(t, following, 1, access.Operator, "")
		f := following.hub.feeds[l.wish.feedKey]
		following.Refresh(source.Reload(group.Config{Rules: rulestest.Must(t, "exclude: [{name: worker}]")}))
		l.leave()
		if c, err := following.hub.joinOpened(l.wish, f, 0); c != nil || err != nil {
			t.Errorf("joins a table of %p although that is old: %v", old, err)
		}
	})
}

// TestWithdrawnStreamsEndAtOnce, without waiting for their next message.
func TestWithdrawnStreamsEndAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		source := treetest.NewLiving(t, treetest.One)
		following := streamsOf(t, source)
		stays, goes := listen(t, following, 60, access.Operator, ""), listen(t, following, 60, access.Operator, "")
		goes.granted = func() bool { return false }
		report, err := source.Report(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		following.Refresh(report)
		<-goes.ended
		if goes.farewell != withdrawn {
			t.Errorf("the farewell is %+v", goes.farewell)
		}
		if m, _ := stays.next(t); m.Seq != 1 {
			t.Errorf("the other one gets %+v", m)
		}
		select {
		case m := <-stays.messages:
			t.Errorf("a message although the table is the same: %s", m)
		default:
		}
	})
}

func TestHubCloses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		source := treetest.NewLiving(t, treetest.One)
		following := streamsOf(t, source)
		l := listen(t, following, 1, access.Operator, "")
		closed := make(chan error)
		go func() { closed <- following.Close(t.Context()) }()
		<-l.ended
		if l.farewell != goingAway {
			t.Errorf("the farewell is %+v", l.farewell)
		}
		select {
		case err := <-closed:
			t.Errorf("Close does not wait for the streams: %v", err)
		case <-time.After(time.Second):
		}
		l.leave()
		if err := <-closed; err != nil {
			t.Error(err)
		}
		if _, ok := following.reserve("somebody"); ok {
			t.Error("there is a place for a stream after the end")
		}
		if _, err := following.hub.join(t.Context(), l.wish); !errors.Is(err, errClosed) {
			t.Errorf("one can join after the end: %v", err)
		}
	})
}

// TestLayoutsShareTheDifferences holds that only the first messages are made twice.
func TestLayoutsShareTheDifferences(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		following := streamsOf(t, treetest.NewLiving(t, treetest.One))
		nodes := listen(t, following, 1, access.Operator, "")
		columns := join(t, following, &subscription{feedKey: nodes.wish.feedKey, query: nodes.wish.query, layout: tree.InColumns})
		treetest.CheckColumns(t, <-columns.messages, <-nodes.messages)
		for range 3 {
			if a, b := <-nodes.messages, <-columns.messages; &a[0] != &b[0] {
				t.Error("the same difference was made twice")
			}
		}
	})
}
