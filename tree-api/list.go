package treeapi

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"net/http"
	"net/url"
	"strconv"

	"proctree/tree-api/access"
)

// getTree answers GET /api/v1/tree.
func (a *API) getTree(r *http.Request, role access.Role) (answer, error) {
	return a.list(r, role, nested)
}

// getProcesses answers GET /api/v1/processes.
func (a *API) getProcesses(r *http.Request, role access.Role) (answer, error) {
	return a.list(r, role, flat)
}

func (a *API) list(r *http.Request, role access.Role, as shape) (answer, error) {
	values, err := urlValues(r)
	if err != nil {
		return answer{}, err
	}
	q, err := parseQuery(values, as)
	if err != nil {
		return answer{}, err
	}
	if err := q.checkRole(role); err != nil {
		return answer{}, err
	}
	m, err := a.current(r.Context())
	if err != nil {
		return answer{}, err
	}
	v := m.as(role)
	s, err := v.selectNodes(r.Context(), q)
	if err != nil {
		return answer{}, err
	}
	return answer{
		tag: tag(m, role, values),
		data: func(dst []byte, pass pass) []byte {
			dst = a.appendHead(dst, v, s)
			if as == nested {
				dst = v.nest(s, q).appendAll(append(dst, `,"tree":`...), pass)
			} else {
				dst = v.appendList(append(dst, `,"processes":`...), s, pass)
			}
			return append(dst, '}')
		},
	}, nil
}

// current returns the model of the newest report.
func (a *API) current(ctx context.Context) (*model, error) {
	report, err := a.cfg.Source.Report(ctx)
	if err != nil {
		return nil, fmt.Errorf("read the process table: %w", err)
	}
	return a.models.of(report), nil
}

// urlValues parses the parameters of a request; the error is a *badParameterError.
func urlValues(r *http.Request) (url.Values, error) { return parseValues(r.URL.RawQuery) }

func parseValues(query string) (url.Values, error) {
	if len(query) > maxQueryBytes {
		return nil, &badParameterError{"query", fmt.Errorf("longer than %d bytes", maxQueryBytes)}
	}
	values, err := url.ParseQuery(query)
	if err != nil {
		return nil, &badParameterError{"query", err}
	}
	return values, nil
}

// noParameters is for the calls that take none.
func noParameters(r *http.Request) error {
	values, err := urlValues(r)
	if err != nil {
		return err
	}
	for name := range values {
		return &badParameterError{name, errors.New("unknown; this call has no parameters")}
	}
	return nil
}

// tag is one for a snapshot, a role and the parameters.
func tag(m *model, role access.Role, values url.Values) string {
	hash := fnv.New64a()
	hash.Write([]byte(values.Encode()))
	return fmt.Sprintf("%x-%d-%x", m.generation, role, hash.Sum64())
}

// hashTag is a tag for an answer that is made before it is known whether it is wanted.
func hashTag(data []byte) string {
	hash := fnv.New64a()
	hash.Write(data)
	return strconv.FormatUint(hash.Sum64(), 16)
}

// appendHead appends the members that every list has, with the brace before them.
func (a *API) appendHead(dst []byte, v *view, s *selection) []byte {
	dst = a.appendMoment(append(dst, '{'), v)
	dst = appendInt(append(dst, `,"total":`...), len(v.Nodes))
	return appendInt(append(dst, `,"matched":`...), s.matched)
}

// appendMoment appends which host it is, when it was looked at, and for whom.
func (a *API) appendMoment(dst []byte, v *view) []byte {
	dst = appendString(append(dst, `"host":`...), a.cfg.Host.Name)
	dst = v.appendTimes(dst)
	return append(append(append(dst, `,"role":"`...), v.role.String()...), '"')
}

// appendTimes appends when the table was read, and how long after the one before.
func (v *view) appendTimes(dst []byte) []byte {
	dst = appendDecimal(append(dst, `,"time":`...), v.time(), timeDecimals)
	if v.IntervalSeconds > 0 {
		dst = appendDecimal(append(dst, `,"interval_seconds":`...), v.IntervalSeconds, timeDecimals)
	}
	return dst
}

// time is the moment of the scan, in seconds since 1970.
func (v *view) time() float64 { return float64(v.Report.Snapshot.Taken.UnixMilli()) / 1e3 }

// appendList appends the matches as one array.
func (v *view) appendList(dst []byte, s *selection, pass pass) []byte {
	dst = append(dst, '[')
	for at, i := range s.list {
		dst = appendComma(dst, at)
		dst = pass(append(v.appendSelected(append(dst, '{'), i, asMatch), '}'))
	}
	return append(dst, ']')
}
