package parts

import (
	"context"
	"encoding/json"
	"net/url"
	"strconv"
)

// Sample is one of an instant vector.
type Sample struct {
	Labels map[string]string
	Value  float64
}

// Query evaluates PromQL now.
func (p *Part) Query(ctx context.Context, query string, header ...string) ([]Sample, error) {
	body, err := p.Get(ctx, "/api/v1/query?query="+url.QueryEscape(query), header...)
	if err != nil {
		return nil, err
	}
	var answer struct {
		Data struct {
			Result []struct {
				Metric map[string]string
				Value  [2]any
			}
		}
	}
	if err := json.Unmarshal([]byte(body), &answer); err != nil {
		return nil, err
	}
	var all []Sample
	for _, r := range answer.Data.Result {
		text, _ := r.Value[1].(string)
		value, err := strconv.ParseFloat(text, 64)
		if err != nil {
			return nil, err
		}
		all = append(all, Sample{r.Metric, value})
	}
	return all, nil
}
