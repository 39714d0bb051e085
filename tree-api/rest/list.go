package rest

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"net/http"
	"net/url"
	"strconv"

	"proctree/collector/host"
	"proctree/collector/process"
	"proctree/tree-api/access"
	"proctree/tree-api/jsontext"
	"proctree/tree-api/tree"
)

// getTree answers GET /api/v1/tree.
func (c *Calls) getTree(r *http.Request, who access.Grant) (answer, error) {
	return c.list(r, who, tree.Nested)
}

// getProcesses answers GET /api/v1/processes.
func (c *Calls) getProcesses(r *http.Request, who access.Grant) (answer, error) {
	return c.list(r, who, tree.Flat)
}

func (c *Calls) list(r *http.Request, who access.Grant, as tree.Shape) (answer, error) {
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
	by, err := takeBy(values, as, written)
	if err != nil {
		return answer{}, err
	}
	layout, err := takeLayout(values, as, written)
	if err != nil {
		return answer{}, err
	}
	q, err := tree.ParseQuery(values, as, othersOf(as)...)
	if err != nil {
		return answer{}, err
	}
	if by != tree.ByParent && q.Depth >= 0 {
		return answer{}, tree.BadParameter("depth", tree.ErrDepthOfBranches)
	}
	found, err := c.find(r.Context(), who, q, when)
	if err != nil {
		return answer{}, err
	}
	v, s := found.view, found.selection
	got := answer{
		tag:       c.tagAt(found.model, who.Role, values, when) + byTag(by) + layoutTag(layout),
		immutable: when.past(),
		data: func(dst []byte, pass tree.Pass) []byte {
			dst = found.appendHead(c, dst)
			switch {
			case by != tree.ByParent:
				dst = append(append(append(dst, `,"by":"`...), by...), '"')
				dst = v.Branch(s, q, by).AppendAll(append(dst, `,"tree":`...), pass)
			case as == tree.Nested:
				dst = v.Nest(s, q).AppendAll(append(dst, `,"tree":`...), pass)
			case layout == tree.InColumns:
				dst = v.AppendColumns(append(dst, `,"columns":`...), s)
			default:
				dst = v.AppendList(append(dst, `,"processes":`...), s, pass)
			}
			return append(dst, '}')
		},
	}
	if written == asCSV {
		got = got.inCSV(r, func(dst []byte, pass tree.Pass) []byte { return appendRows(dst, v, s, q, as, pass) })
	}
	return got, nil
}

// found is what a query selected.
type found struct {
	model     *tree.Model
	view      *tree.View
	selection *tree.Selection
	// held is who has open what the query asks for; nil if it asks for nothing.
	held *process.Holders
}

// find applies a query to the table of a moment.
func (c *Calls) find(ctx context.Context, who access.Grant, q *tree.Query, when moment) (*found, error) {
	if err := q.CheckRole(who.Role); err != nil {
		return nil, err
	}
	m, err := c.modelAt(ctx, when)
	if err != nil {
		return nil, err
	}
	f := &found{model: m, view: m.As(who.Role)}
	if f.held, err = c.lookUp(ctx, f.view, q, when); err != nil {
		return nil, err
	}
	f.selection, err = f.view.SelectNodes(ctx, q.HeldBy(f.held).Charged(Charge(c.cfg.Work, who.Caller)))
	return f, err
}

// appendHead appends the members that every answer about a selection has, with the brace before them.
func (f *found) appendHead(c *Calls, dst []byte) []byte {
	dst = c.appendHead(dst, f.view, f.selection)
	if f.held != nil {
		dst = jsontext.AppendInt(append(dst, `,"unread":`...), f.held.Unread)
	}
	return dst
}

// byParameter names what a tree is nested by.
const byParameter = "by"

// othersOf are the parameters of a call beside those of a query.
func othersOf(as tree.Shape) []string {
	if as == tree.Nested {
		return []string{timeParameter, formatParameter, byParameter}
	}
	return []string{timeParameter, formatParameter, layoutParameter}
}

// layoutParameter names how a list of processes is laid out.
const layoutParameter = "layout"

// errColumnsInCSV is returned for columns in CSV, which has one layout.
var errColumnsInCSV = errors.New("CSV has no layout=columns; use JSON")

// takeLayout takes out of the other parameters how a list is laid out.
func takeLayout(values url.Values, as tree.Shape, written format) (tree.Layout, error) {
	given, ok := values[layoutParameter]
	if !ok || as != tree.Flat {
		return tree.InNodes, nil
	}
	delete(values, layoutParameter)
	if len(given) > 1 {
		return tree.InNodes, tree.BadParameter(layoutParameter, fmt.Errorf("given %d times", len(given)))
	}
	layout, err := tree.ParseLayout(given[0])
	if err == nil && layout == tree.InColumns && written == asCSV {
		err = errColumnsInCSV
	}
	if err != nil {
		return tree.InNodes, tree.BadParameter(layoutParameter, err)
	}
	return layout, nil
}

// layoutTag is the part of an entity tag for what was taken out.
func layoutTag(layout tree.Layout) string {
	if layout == tree.InNodes {
		return ""
	}
	return "-" + layout.String()
}

// errBranchesInCSV is returned for branches in CSV, which has only lines of processes.
var errBranchesInCSV = errors.New("CSV has only by=parent; use JSON, or /processes for a list with the columns user, unit and group")

// takeBy takes out of the other parameters what a tree is nested by.
func takeBy(values url.Values, as tree.Shape, written format) (tree.By, error) {
	given, ok := values[byParameter]
	if !ok || as != tree.Nested {
		return tree.ByParent, nil
	}
	delete(values, byParameter)
	if len(given) > 1 {
		return "", tree.BadParameter(byParameter, fmt.Errorf("given %d times", len(given)))
	}
	by, err := tree.ParseBy(given[0])
	if err == nil && by != tree.ByParent && written == asCSV {
		err = errBranchesInCSV
	}
	if err != nil {
		return "", tree.BadParameter(byParameter, err)
	}
	return by, nil
}

// byTag is the part of an entity tag for what was taken out.
func byTag(by tree.By) string {
	if by == tree.ByParent {
		return ""
	}
	return "-" + string(by)
}

// appendRows appends a list or a tree as CSV.
func appendRows(dst []byte, v *tree.View, s *tree.Selection, q *tree.Query, as tree.Shape, pass tree.Pass) []byte {
	if as == tree.Nested {
		return v.Nest(s, q).AppendCSV(dst, pass)
	}
	return v.AppendCSV(dst, s, pass)
}

// errNoFinder is returned for a search by port or file on other systems.
var errNoFinder = errors.New("port: and file: are supported on Linux only")

// errHeldInPast is returned for a search by port or file in a recording.
var errHeldInPast = errors.New("port: and file: are not recorded; ask for them without time")

// lookUp finds out who has open what the query asks for; nil if it asks for nothing.
func (c *Calls) lookUp(ctx context.Context, v *tree.View, q *tree.Query, when moment) (*process.Holders, error) {
	things := q.Held()
	if len(things) == 0 {
		return nil, nil //nolint:nilnil // There is nothing to find.
	}
	if when.past() {
		return nil, tree.BadParameter("q", errHeldInPast)
	}
	finder, ok := c.cfg.Detailer.(host.Finder)
	if !ok {
		return nil, tree.BadParameter("q", errNoFinder)
	}
	ids := make([]process.ID, 0, len(v.Nodes))
	for i := range v.Nodes {
		if p := v.Nodes[i].Process; !p.Kernel {
			ids = append(ids, p.ID)
		}
	}
	return finder.Find(ctx, ids, things)
}

// UrlValues parses the parameters of a request; the error is a *badParameterError.
func UrlValues(r *http.Request) (url.Values, error) { return tree.ParseValues(r.URL.RawQuery) }

// tag is one for a snapshot, a role and the parameters.
func tag(m *tree.Model, role access.Role, values url.Values) string {
	return fmt.Sprintf("%x-%s", m.Generation, parameterTag(role, values))
}

func parameterTag(role access.Role, values url.Values) string {
	hash := fnv.New64a()
	hash.Write([]byte(values.Encode()))
	return fmt.Sprintf("%d-%x", role, hash.Sum64())
}

// hashTag is a tag for an answer that is made before it is known whether it is wanted.
func hashTag(data []byte) string {
	hash := fnv.New64a()
	hash.Write(data)
	return strconv.FormatUint(hash.Sum64(), 16)
}

// appendHead appends the members that every list has, with the brace before them.
func (c *Calls) appendHead(dst []byte, v *tree.View, s *tree.Selection) []byte {
	dst = c.appendMoment(append(dst, '{'), v)
	dst = jsontext.AppendInt(append(dst, `,"total":`...), len(v.Nodes))
	return jsontext.AppendInt(append(dst, `,"matched":`...), s.Matched)
}

// appendMoment appends which host it is, when it was looked at, and for whom.
func (c *Calls) appendMoment(dst []byte, v *tree.View) []byte {
	dst = jsontext.AppendString(append(dst, `"host":`...), c.cfg.Host.Name)
	dst = v.AppendTimes(dst)
	return append(append(append(dst, `,"role":"`...), v.Role.String()...), '"')
}
