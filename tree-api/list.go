package treeapi

import (
	"errors"
	"fmt"
	"hash/fnv"
	"net/http"
	"net/url"
	"strconv"

	"proctree/tree-api/access"
)

// getTree answers GET /api/v1/tree.
func (c *calls) getTree(r *http.Request, role access.Role) (answer, error) {
	return c.list(r, role, nested)
}

// getProcesses answers GET /api/v1/processes.
func (c *calls) getProcesses(r *http.Request, role access.Role) (answer, error) {
	return c.list(r, role, flat)
}

func (c *calls) list(r *http.Request, role access.Role, as shape) (answer, error) {
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
	m, err := c.cfg.Models.current(r.Context())
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
			dst = c.appendHead(dst, v, s)
			if as == nested {
				dst = v.nest(s, q).appendAll(append(dst, `,"tree":`...), pass)
			} else {
				dst = v.appendList(append(dst, `,"processes":`...), s, pass)
			}
			return append(dst, '}')
		},
	}, nil
}

// urlValues parses the parameters of a request; the error is a *badParameterError.
func urlValues(r *http.Request) (url.Values, error) { return parseValues(r.URL.RawQuery) }

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
func (c *calls) appendHead(dst []byte, v *view, s *selection) []byte {
	dst = c.appendMoment(append(dst, '{'), v)
	dst = appendInt(append(dst, `,"total":`...), len(v.Nodes))
	return appendInt(append(dst, `,"matched":`...), s.matched)
}

// appendMoment appends which host it is, when it was looked at, and for whom.
func (c *calls) appendMoment(dst []byte, v *view) []byte {
	dst = appendString(append(dst, `"host":`...), c.cfg.Host.Name)
	dst = v.appendTimes(dst)
	return append(append(append(dst, `,"role":"`...), v.role.String()...), '"')
}
