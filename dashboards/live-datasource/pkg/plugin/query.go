package plugin

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/grafana/grafana-plugin-sdk-go/backend"

	"proctree/dashboards/live-datasource/pkg/processes"
)

// query is what a panel asks for.
type query struct {
	Type     string `json:"queryType"`
	Instance string `json:"instance"`
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
	// Stream asks for the channel on which a tree goes on.
	Stream bool `json:"stream"`
}

// The types of queries.
const (
	typeTree  = "tree"
	typeHost  = "host"
	typeTop   = "top"
	typeCount = "count"
)

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
	switch q.Type {
	case typeTree, typeHost, typeTop, typeCount:
	default:
		return fmt.Errorf("queryType: must be tree, host, top or count, not %q", q.Type)
	}
	var err error
	if q.ranking, err = processes.FindRanking(q.Sort); err != nil {
		return fmt.Errorf("sort: %w", err)
	}
	if q.Metric == "" {
		q.Metric = q.Figure
	}
	if q.Metric != "" && !isHostMetric(q.Metric) {
		return fmt.Errorf("metric: a host has no %q", q.Metric)
	}
	if q.Limit < 0 || q.Limit > maxLimit {
		return fmt.Errorf("limit: must be a number from 0 to %d", maxLimit)
	}
	for name, text := range map[string]string{"instance": q.Instance, "match": q.Match} {
		if len(text) > maxTextBytes {
			return fmt.Errorf("%s: longer than %d bytes", name, maxTextBytes)
		}
	}
	for name, list := range map[string]texts{"user": q.User, "state": q.State, "group": q.Group} {
		if len(list) > maxChoices {
			return fmt.Errorf("%s: more than %d values", name, maxChoices)
		}
	}
	if q.Instance == "" {
		return errors.New("instance: missing; choose a host")
	}
	return nil
}

func (q *query) filter() *processes.Filter {
	return &processes.Filter{
		Match: q.Match, Users: q.User, States: q.State, Groups: q.Group,
		MinCPU: q.MinCPU, MinMemory: q.MinMemory,
	}
}
