package main

import (
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestFilesAreCurrent fails when a dashboard was changed and not written.
func TestFilesAreCurrent(t *testing.T) {
	if err := run("../json", true); err != nil {
		t.Error(err)
	}
}

func TestRunTellsWhatDiffers(t *testing.T) {
	out := t.TempDir()
	if err := run(out, false); err != nil {
		t.Fatal(err)
	}
	if err := run(out, true); err != nil {
		t.Fatalf("what was just written differs: %v", err)
	}
	changed := filepath.Join(out, folderHosts, uidHost+".json")
	if err := os.WriteFile(changed, []byte("{}"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(out, "left-over.json"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	err := run(out, true)
	for _, want := range []string{"proctree-host.json is not what generate writes", "left-over.json belongs to no dashboard"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
}

func TestUIDs(t *testing.T) {
	want := []string{
		"proctree-fleet", "proctree-host", "proctree-incident", "proctree-processes", "proctree-history",
		"proctree-anomalies", "proctree-alerts", "proctree-exporter",
	}
	var got []string
	for _, d := range read(t) {
		got = append(got, d.UID)
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v: links and bookmarks hold the UIDs", got, want)
	}
}

func TestPanelsAreNumberedOnce(t *testing.T) {
	for _, d := range read(t) {
		seen := make(map[int]string)
		for _, p := range append(d.all(), d.Panels...) {
			if other, ok := seen[p.ID]; ok && other != p.Title {
				t.Errorf("%s: %s and %s both have the number %d", d.Title, other, p.Title, p.ID)
			}
			seen[p.ID] = p.Title
		}
	}
}

func TestPanelsDoNotOverlap(t *testing.T) {
	for _, d := range read(t) {
		open := slices.DeleteFunc(slices.Clone(d.Panels), func(p panelJSON) bool { return p.Collapsed })
		sets := [][]panelJSON{open}
		for _, p := range d.Panels {
			sets = append(sets, p.Panels)
		}
		for _, panels := range sets {
			for i, a := range panels {
				if a.GridPos.X+a.GridPos.W > gridWidth {
					t.Errorf("%s: %s reaches beyond the edge", d.Title, a.Title)
				}
				for _, b := range panels[i+1:] {
					if overlap(a, b) {
						t.Errorf("%s: %s and %s overlap", d.Title, a.Title, b.Title)
					}
				}
			}
		}
	}
}

func overlap(a, b panelJSON) bool {
	return a.GridPos.X < b.GridPos.X+b.GridPos.W && b.GridPos.X < a.GridPos.X+a.GridPos.W &&
		a.GridPos.Y < b.GridPos.Y+b.GridPos.H && b.GridPos.Y < a.GridPos.Y+a.GridPos.H
}

// TestEveryPanelExplainsItself checks what a reader needs: a description, a unit, and words
// for when there is nothing to show.
func TestEveryPanelExplainsItself(t *testing.T) {
	for _, d := range read(t) {
		if d.Description == "" || d.Timezone != "browser" || d.GraphTooltip != 1 {
			t.Errorf("%s: want a description, the browser's time zone and a shared crosshair", d.Title)
		}
		for _, p := range d.all() {
			if !strings.HasSuffix(p.Description, ".") {
				t.Errorf("%s: %s: want a description in sentences, not %q", d.Title, p.Title, p.Description)
			}
			if p.FieldConfig.Defaults.NoValue == "" {
				t.Errorf("%s: %s: says nothing when there is no data", d.Title, p.Title)
			}
			if p.FieldConfig.Defaults.Unit == "" && p.Type != "proctree-tree-panel" {
				t.Errorf("%s: %s: has no unit", d.Title, p.Title)
			}
		}
	}
}

// TestCellsSayNothingOfThePanel: what a panel says of no data is not for the single cells of
// its rows, which lack a value now and then.
func TestCellsSayNothingOfThePanel(t *testing.T) {
	for _, d := range read(t) {
		for _, p := range d.all() {
			for _, o := range p.FieldConfig.Overrides {
				if o.value("custom.hideFrom.viz") == "true" {
					continue
				}
				if p.Type == "table" && o.value("noValue") != `"–"` {
					t.Errorf("%s: %s: cells of %s say what the panel says", d.Title, p.Title, o.Matcher.Options)
				}
			}
			if p.Type == "proctree-tree-panel" && p.FieldConfig.Overrides[0].value("noValue") != `"–"` {
				t.Errorf("%s: %s: cells say what the panel says", d.Title, p.Title)
			}
		}
	}
}

// TestMirroredSeriesShareAnAxis: Grafana gives series that differ in their least value axes of
// their own, and then what is above zero and what is below cannot be compared.
func TestMirroredSeriesShareAnAxis(t *testing.T) {
	for _, d := range read(t) {
		for _, p := range d.all() {
			mirrored := slices.ContainsFunc(p.FieldConfig.Overrides, func(o overrideJSON) bool { return o.value("custom.transform") == `"negative-Y"` })
			if mirrored && !slices.ContainsFunc(p.FieldConfig.Overrides, func(o overrideJSON) bool {
				return string(o.Matcher.Options) == `".*"` && o.Properties[0].ID == "min" && o.value("min") == ""
			}) {
				t.Errorf("%s: %s: above and below zero have axes of their own", d.Title, p.Title)
			}
		}
	}
}

// TestNoTopkOverTime: topk is evaluated at each point of a graph, whose lines would come
// and go, unless what it is over is of one time for all points.
func TestNoTopkOverTime(t *testing.T) {
	for _, d := range read(t) {
		for _, p := range d.all() {
			for _, q := range p.Targets {
				if !q.Instant && !strings.Contains(q.Expr, "@ end()") && regexp.MustCompile(`\b(top|bottom)k\b`).MatchString(q.Expr) {
					t.Errorf("%s: %s: %s", d.Title, p.Title, q.Expr)
				}
			}
		}
	}
}

// TestLinksResolve checks that every link leads to a dashboard there is, and sets only
// variables that it has.
func TestLinksResolve(t *testing.T) {
	all := read(t)
	for _, d := range all {
		menu := d.Links[0]
		if menu.Placement != "" {
			t.Errorf("%s: Grafana does not show the menu at %q", d.Title, menu.Placement)
		}
		if !menu.IncludeVars || !menu.KeepTime || !slices.Equal(menu.Tags, d.Tags) {
			t.Errorf("%s: the menu does not carry time and variables: %+v", d.Title, menu)
		}
		for _, p := range d.all() {
			for _, link := range p.links(t) {
				checkLink(t, all, d, p, link)
			}
		}
	}
}

// grafanaPages are pages of Grafana itself that links lead to: its list of alert rules, and the form
// of a new silence.
var grafanaPages = []string{"/alerting/list", "/alerting/silence/new"}

func checkLink(t *testing.T, all []dashboardJSON, d dashboardJSON, p panelJSON, link linkJSON) {
	t.Helper()
	where := d.Title + ": " + p.Title + ": " + link.URL
	path, query, _ := strings.Cut(link.URL, "?")
	if slices.Contains(grafanaPages, path) {
		return
	}
	to := slices.IndexFunc(all, func(to dashboardJSON) bool { return "/d/"+to.UID == path })
	if to < 0 {
		t.Errorf("%s: there is no such dashboard", where)
		return
	}
	if !slices.ContainsFunc([]string{"${__url_time_range}", untilThen, aroundThen, aroundEnd}, func(time string) bool { return strings.HasPrefix(query, time+"&") }) {
		t.Errorf("%s: does not carry the time", where)
	}
	for part := range strings.SplitSeq(query, "&") {
		name, isVariable := strings.CutPrefix(part, "var-")
		name, _, _ = strings.Cut(name, "=")
		if carried, ok := strings.CutSuffix(part, ":queryparam}"); ok {
			name, isVariable = strings.TrimPrefix(carried, "${"), true
			if _, ok := d.variable(name); !ok {
				t.Errorf("%s: %s has no variable %s", where, d.Title, name)
			}
		}
		if from, given, ok := strings.Cut(strings.TrimSuffix(part, "}"), ":customqueryparam:var-"); ok {
			name, isVariable = given, true
			if _, ok := d.variable(strings.TrimPrefix(from, "${")); !ok {
				t.Errorf("%s: %s has no variable %s", where, d.Title, from)
			}
		}
		if name, err := url.QueryUnescape(name); isVariable && err == nil {
			if _, ok := all[to].variable(name); !ok {
				t.Errorf("%s: %s has no variable %s", where, all[to].Title, name)
			}
		}
	}
}

// TestGraphsLeadToTheMoment checks that a point of each graph leads to the processes of that time, on the
// host of the point.
func TestGraphsLeadToTheMoment(t *testing.T) {
	for _, d := range read(t) {
		if !slices.Contains([]string{uidHost, uidProcesses, uidHistory, uidAnomalies, uidIncident}, d.UID) {
			continue
		}
		for _, p := range d.all() {
			if p.Type != "timeseries" {
				continue
			}
			for _, uid := range []string{uidHost, uidIncident} {
				at := slices.IndexFunc(p.FieldConfig.Defaults.Links, func(l linkJSON) bool {
					return strings.HasPrefix(l.URL, "/d/"+uid+"?") && strings.Contains(l.URL, "${__value.time}")
				})
				if at < 0 {
					t.Errorf("%s: %s: no point leads to %s at its time", d.Title, p.Title, uid)
					continue
				}
				if strings.Contains(p.Targets[0].LegendFormat, "{{instance}}") != strings.Contains(p.FieldConfig.Defaults.Links[at].URL, "var-instance=${__field.labels.instance:") {
					t.Errorf("%s: %s: the host of %s is not that of the series", d.Title, p.Title, p.FieldConfig.Defaults.Links[at].URL)
				}
			}
		}
	}
	host := read(t)[1]
	if !slices.ContainsFunc(host.all(), func(p panelJSON) bool { return p.ID == treePanelID && p.Type == "proctree-tree-panel" }) {
		t.Errorf("%s: the links open the panel %d, which is not the tree", host.Title, treePanelID)
	}
}

// TestGraphsOfAGroupLeadToThatGroup: the tree that a point of a graph leads to shows the group of the graph, and
// the group that was chosen for the tree before if the graph is of the host.
func TestGraphsOfAGroupLeadToThatGroup(t *testing.T) {
	all := read(t)
	for _, test := range []struct{ uid, panel, group string }{
		{uidHost, "CPU by group (cores)", "var-tree_group=${__field.labels.group:percentencode}"},
		{uidHost, "Memory by group", "var-tree_group=${__field.labels.group:percentencode}"},
		{uidHost, "CPU by mode (cores)", "${tree_group:queryparam}"},
		{uidIncident, "CPU used", "${tree_group:queryparam}"},
		{uidIncident, "Memory of the process", "${tree_group:queryparam}"},
		{uidProcesses, "Processes", "var-tree_group=${__field.labels.group:percentencode}"},
		{uidHistory, "CPU (cores)", "${group:customqueryparam:var-tree_group}"},
		{uidHistory, "CPU by process (cores)", "${group:customqueryparam:var-tree_group}"},
		{uidAnomalies, "CPU", "${band_group:customqueryparam:var-tree_group}"},
	} {
		found := false
		for _, d := range all {
			for _, p := range d.all() {
				if d.UID != test.uid || p.Title != test.panel || p.Type != "timeseries" {
					continue
				}
				found = true
				for _, link := range p.FieldConfig.Defaults.Links {
					if strings.Contains(link.URL, "${__value.time}") && !strings.Contains(link.URL+"&", "&"+test.group+"&") {
						t.Errorf("%s: %s: %s has no %s", d.Title, p.Title, link.URL, test.group)
					}
				}
			}
		}
		if !found {
			t.Errorf("%s has no graph %q", test.uid, test.panel)
		}
	}
	// No graph of groups is left out, and no link names a group that the series does not.
	for _, d := range all {
		for _, p := range d.all() {
			ofGroups := p.Type == "timeseries" && !slices.ContainsFunc(p.Targets, func(q targetJSON) bool { return !strings.Contains(q.LegendFormat, "{{group}}") })
			for _, link := range p.FieldConfig.Defaults.Links {
				if strings.Contains(link.URL, "${__value.time}") && ofGroups != strings.Contains(link.URL, "var-tree_group=${__field.labels.group:") {
					t.Errorf("%s: %s: %s", d.Title, p.Title, link.URL)
				}
			}
		}
	}
}

// TestFilesystemsAreThoseOfTheRules: a filesystem without an alert is none that is full.
func TestFilesystemsAreThoseOfTheRules(t *testing.T) {
	rules, err := os.ReadFile("../../alerting-rules/recording.yml")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(rules), "avail_bytes{"+realFilesystems+"}") {
		t.Errorf("the rules do not choose filesystems by %s", realFilesystems)
	}
}
