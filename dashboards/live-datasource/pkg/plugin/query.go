package plugin

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/grafana/grafana-plugin-sdk-go/backend"

	"proctree/dashboards/live-datasource/pkg/processes"
)

// query is what a panel asks for.
type query struct {
	Type string `json:"queryType"`
	// Instances are the hosts; only queries of types top and used can have several.
	Instances texts `json:"instance"`
	// Instance is the first of them; empty if a query of type top or used has none.
	Instance string `json:"-"`
	Match    string `json:"match"`
	User     texts  `json:"user"`
	State    texts  `json:"state"`
	Group    texts  `json:"group"`
	// MinCPU is cores, MinMemory bytes.
	MinCPU    float64 `json:"minCpu"`
	MinMemory float64 `json:"minMemory"`
	// Limit is how many processes; 0 is all of a tree and ten at the top.
	Limit int `json:"limit"`
	// Sort is the metric by which processes are at the top; cpu by default.
	Sort string `json:"sort"`
	// ranking is what Sort names.
	ranking *processes.Ranking
	// Metric is the one of the host that is wanted; all without it.
	Metric string `json:"metric"`
	// Figure is the former name of Metric, which saved dashboards may have until the release after 0.9.
	Figure string `json:"figure"`
	// Time is the moment that a query of type tree, top, count or host is about, in milliseconds since 1970;
	// 0 is the end of the range. A moment is always the past, however short ago it was.
	Time int64 `json:"time,omitempty"`
	// Stream asks for the channel on which a tree goes on.
	Stream bool `json:"stream"`
	// Process is the id of the process whose course is wanted.
	Process string `json:"process"`
	// GroupBy says whose use is added up: that of each process by default.
	GroupBy string `json:"groupBy"`
	// Section is the part of the report that is wanted; all without it.
	Section string `json:"section"`
	// Kind and Status choose events, as the exporter names them.
	Kind   texts `json:"kind"`
	Status texts `json:"status"`
	// Format is that of events: annotations, or logs without it.
	Format string `json:"format"`
}

// The types of queries.
const (
	typeTree  = "tree"
	typeHost  = "host"
	typeTop   = "top"
	typeCount = "count"
	// These are about the whole range, and need a recording.
	typeProcess = "process"
	typeUsed    = "used"
	typeEvents  = "events"
	typeReport  = "report"
)

// resources are what a query of type used ranks by, and their units.
var resources = map[string]string{"cpu": "s", "memory": "bytes", "read": "bytes", "written": "bytes"}

// usedBy are whose use can be added up.
var usedBy = []string{"process", "group", "user", "unit", "subtree"}

// eventKinds are the kinds of events.
var eventKinds = []string{"fork", "exec", "exit", "oom_kill", "control", "lost"}

// processID is what the exporter makes of PID and start: nothing else gets into a path.
var processID = regexp.MustCompile(`^[0-9]{1,10}-[0-9]{1,20}$`)

// eventStatus is what a status of an event can be: an exit code, a signal, or one of some words.
var eventStatus = regexp.MustCompile(`^[A-Za-z0-9_+-]{1,32}$`)

// texts is one or several values: a variable may have either.
type texts []string

// UnmarshalJSON reads a string or a list of them; the empty string is no value.
func (t *texts) UnmarshalJSON(raw []byte) error {
	var one string
	if json.Unmarshal(raw, &one) == nil {
		*t = nil
		if one != "" {
			*t = texts{one}
		}
		return nil
	}
	var list []string
	if err := json.Unmarshal(raw, &list); err != nil {
		return errors.New("must be a text or a list of texts")
	}
	*t = list
	return nil
}

// Bounds of a query.
const (
	maxTextBytes = 512
	maxChoices   = 1000
	maxLimit     = 100_000
	// maxMoment is the end of the year 9999, the last that RFC 3339 can write.
	maxMoment = 253402300799_000
)

// readQuery reads and checks the JSON of a query. The error is for the user.
func readQuery(q backend.DataQuery) (*query, error) {
	parsed := &query{}
	if err := json.Unmarshal(q.JSON, parsed); err != nil {
		return nil, fmt.Errorf("the query is not understood: %w", err)
	}
	if parsed.Type == "" {
		parsed.Type = q.QueryType
	}
	return parsed, parsed.check()
}

func (q *query) check() error {
	if q.Type == "" {
		q.Type = typeTree
	}
	if q.Sort == "" {
		q.Sort = "cpu"
	}
	if q.Metric == "" {
		q.Metric = q.Figure
	}
	if err := q.checkType(); err != nil {
		return err
	}
	if q.Limit < 0 || q.Limit > maxLimit {
		return fmt.Errorf("limit: must be a number from 0 to %d", maxLimit)
	}
	if q.Time < 0 || q.Time > maxMoment {
		return errors.New("time: must be in milliseconds since 1970")
	}
	if len(q.Match) > maxTextBytes {
		return fmt.Errorf("match: longer than %d bytes", maxTextBytes)
	}
	for name, list := range map[string]texts{"user": q.User, "state": q.State, "group": q.Group, "kind": q.Kind, "status": q.Status} {
		if len(list) > maxChoices {
			return fmt.Errorf("%s: more than %d values", name, maxChoices)
		}
	}
	return q.checkInstances()
}

// maxHosts is how many hosts one query can be about: each is asked.
const maxHosts = 100

// ranks is whether a query ranks processes, of several hosts perhaps.
func (q *query) ranks() bool { return q.Type == typeTop || q.Type == typeUsed }

func (q *query) checkInstances() error {
	switch {
	case len(q.Instances) == 0 && q.ranks():
		// A dashboard whose variable is "All".
		return nil
	case len(q.Instances) == 0, slices.Contains(q.Instances, ""):
		return errors.New("instance: missing; choose a host")
	case len(q.Instances) > maxHosts:
		return fmt.Errorf("instance: %d hosts; choose at most %d", len(q.Instances), maxHosts)
	case len(q.Instances) > 1 && !q.ranks():
		return errors.New("instance: only queries of types top and used can be about several hosts")
	}
	for _, instance := range q.Instances {
		if len(instance) > maxTextBytes {
			return fmt.Errorf("instance: longer than %d bytes", maxTextBytes)
		}
	}
	q.Instance = q.Instances[0]
	return nil
}

// checkType checks what only queries of some types have.
func (q *query) checkType() (err error) {
	switch q.Type {
	case typeTree, typeTop, typeCount:
		if q.ranking, err = processes.FindRanking(q.Sort); err != nil {
			return fmt.Errorf("sort: %w", err)
		}
	case typeHost:
		if q.Metric != "" && !isHostMetric(q.Metric) {
			return fmt.Errorf("metric: a host has no %q", q.Metric)
		}
	case typeProcess:
		// A variable of a dashboard has no process before one is chosen.
		if q.Process != "" && !processID.MatchString(q.Process) {
			return fmt.Errorf("process: must be an id of a process such as 4711-981234, not %q", q.Process)
		}
		if q.Metric != "" && !processes.IsMetric(q.Metric) {
			return fmt.Errorf("metric: the course of a process has no %q", q.Metric)
		}
	case typeUsed:
		return q.checkUsed()
	case typeEvents:
		return q.checkEvents()
	case typeReport:
		if q.Section != "" && !isSection(q.Section) {
			return fmt.Errorf("section: must be one of %s, not %q", strings.Join(sectionNames(), ", "), q.Section)
		}
	default:
		return fmt.Errorf("queryType: must be tree, host, top, count, process, used, events or report, not %q", q.Type)
	}
	return nil
}

// maxUsed is how many the exporter ranks at most.
const maxUsed = 1000

func (q *query) checkUsed() error {
	if q.GroupBy == "" {
		q.GroupBy = usedBy[0]
	}
	switch {
	case resources[q.Sort] == "":
		return fmt.Errorf("sort: must be one of cpu, memory, read, written, not %q", q.Sort)
	case !slices.Contains(usedBy, q.GroupBy):
		return fmt.Errorf("groupBy: must be one of %s, not %q", strings.Join(usedBy, ", "), q.GroupBy)
	case q.Limit > maxUsed:
		return fmt.Errorf("limit: must be a number from 0 to %d", maxUsed)
	}
	return nil
}

// maxEvents is how many the exporter returns at most.
const maxEvents = 10_000

func (q *query) checkEvents() error {
	if q.Limit > maxEvents {
		return fmt.Errorf("limit: must be a number from 0 to %d", maxEvents)
	}
	for _, kind := range q.Kind {
		if !slices.Contains(eventKinds, kind) {
			return fmt.Errorf("kind: must be one of %s, not %q", strings.Join(eventKinds, ", "), kind)
		}
	}
	for _, status := range q.Status {
		if !eventStatus.MatchString(status) {
			return fmt.Errorf("status: must be an exit code, a signal, normal, abnormal, exit_code, signal or oom_kill, not %q", status)
		}
	}
	if q.Format != "" && q.Format != formatAnnotations {
		return fmt.Errorf("format: must be %s or absent, not %q", formatAnnotations, q.Format)
	}
	return nil
}

func (q *query) filter() *processes.Filter {
	return &processes.Filter{
		Match: q.Match, Users: q.User, States: q.State, Groups: q.Group,
		MinCPU: q.MinCPU, MinMemory: q.MinMemory,
	}
}
