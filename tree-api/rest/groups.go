package rest

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"

	"proctree/tree-api/access"
	"proctree/tree-api/jsontext"
	"proctree/tree-api/tree"
)

// groupParameter names what processes are grouped by, as in the tree; earlierGroupParameter is
// its name before 0.9.0, accepted for one release.
const (
	groupParameter        = "by"
	earlierGroupParameter = "group_by"
)

// getGroups answers GET /api/v1/groups: sums over the processes that pass the filters.
func (c *Calls) getGroups(r *http.Request, who access.Grant) (answer, error) {
	values, err := UrlValues(r)
	if err != nil {
		return answer{}, err
	}
	when, err := takeTime(values)
	if err != nil {
		return answer{}, err
	}
	written, err := takeFormat(values)
	if err != nil {
		return answer{}, err
	}
	asked := maps.Clone(values)
	by, err := takeGrouping(values)
	if err != nil {
		return answer{}, err
	}
	q, err := tree.ParseQuery(values, tree.Flat, timeParameter, formatParameter, groupParameter, earlierGroupParameter)
	if err != nil {
		return answer{}, err
	}
	found, err := c.find(r.Context(), who, q, when)
	if err != nil {
		return answer{}, err
	}
	list := appendGroups(nil, found.view.Groups(found.selection, by))
	got := answer{
		tag:       c.tagAt(found.model, who.Role, asked, when),
		immutable: when.past(),
		data: func(dst []byte, pass tree.Pass) []byte {
			dst = found.appendHead(c, dst)
			dst = jsontext.AppendText(dst, groupParameter, by.By())
			dst = jsontext.AppendText(dst, earlierGroupParameter, by.By())
			return append(append(append(pass(dst), `,"groups":`...), list...), '}')
		},
	}
	if written == asCSV {
		rows, err := appendObjects(nil, list, tree.GroupColumns())
		if err != nil {
			return answer{}, err
		}
		got = got.inCSV(r, func(dst []byte, _ tree.Pass) []byte { return append(dst, rows...) })
	}
	return got, nil
}

// takeGrouping takes the parameters of the sums out of the filters.
func takeGrouping(values url.Values) (*tree.Grouping, error) {
	given := map[string]string{}
	for _, name := range []string{groupParameter, earlierGroupParameter, "sort", "order", "limit"} {
		list, ok := values[name]
		if !ok {
			continue
		}
		if len(list) > 1 {
			return nil, tree.BadParameter(name, fmt.Errorf("given %d times", len(list)))
		}
		given[name] = list[0]
		delete(values, name)
	}
	if earlier, ok := given[earlierGroupParameter]; ok {
		if _, both := given[groupParameter]; both {
			return nil, tree.BadParameter(earlierGroupParameter, errors.New("given beside by, its newer name"))
		}
		given[groupParameter] = earlier
	}
	return tree.ParseGrouping(given[groupParameter], given["sort"], given["order"], given["limit"])
}

func appendGroups(dst []byte, groups []*tree.Group) []byte {
	dst = append(dst, '[')
	for i, g := range groups {
		dst = g.AppendJSON(jsontext.AppendComma(dst, i))
	}
	return append(dst, ']')
}
