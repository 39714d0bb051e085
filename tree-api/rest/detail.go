package rest

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"

	"proctree/collector/process"
	"proctree/tree-api/access"
	"proctree/tree-api/jsontext"
	"proctree/tree-api/tree"
)

// getProcess answers GET /api/v1/processes/{pid}.
func (c *Calls) getProcess(r *http.Request, who access.Grant) (answer, error) {
	when, err := onlyTime(r)
	if err != nil {
		return answer{}, err
	}
	pid, err := strconv.ParseInt(r.PathValue("pid"), 10, 32)
	if err != nil || pid < 1 {
		return answer{}, tree.BadParameter("pid", errors.New("must be a whole number from 1 up"))
	}
	m, err := c.modelAt(r.Context(), when)
	if err != nil {
		return answer{}, err
	}
	v := m.As(who.Role)
	i, ok := v.Find(int(pid))
	if !ok {
		return answer{}, fmt.Errorf("pid %d: %w", pid, process.ErrNoProcess)
	}
	detail := &process.Detail{} // Of the past there is none.
	if !when.past() {
		if detail, err = c.detail(r.Context(), v.Nodes[i].Process.ID); err != nil {
			return answer{}, fmt.Errorf("pid %d: %w", pid, err)
		}
	}
	data := c.appendProcess(nil, v, i, detail)
	// The detail is read each time, so the tag is made of the answer itself.
	return answer{tag: hashTag(data), immutable: when.past(), data: func(dst []byte, _ tree.Pass) []byte { return append(dst, data...) }}, nil
}

// detail returns an empty detail where nothing can read one.
func (c *Calls) detail(ctx context.Context, id process.ID) (*process.Detail, error) {
	if c.cfg.Detailer == nil {
		return &process.Detail{}, nil
	}
	return c.cfg.Detailer.Detail(ctx, id)
}

// appendProcess appends the node and what is around it, then the detail.
func (c *Calls) appendProcess(dst []byte, v *tree.View, i int32, d *process.Detail) []byte {
	dst = append(c.appendMoment(append(dst, '{'), v), ',')
	dst = v.AppendSelected(dst, i, tree.AsMatch)
	dst = v.AppendLine(append(dst, `,"ancestors":`...), v.Ancestors(i))
	dst = v.AppendLine(append(dst, `,"children":`...), v.Nodes[i].Children)
	dst = append(dst, `,"detail":{`...)
	return append(jsontext.DropComma(appendDetail(dst, d, v.Role), len(dst)), "}}"...)
}

// appendDetail appends the members of the detail, each with a comma before it.
func appendDetail(dst []byte, d *process.Detail, role access.Role) []byte {
	dst = appendLimits(dst, d.Limits)
	dst = appendThreads(dst, d.ThreadList, role)
	if d.OOMScore != nil {
		dst = jsontext.AppendInt(append(dst, `,"oom_score":`...), *d.OOMScore)
	}
	if role == access.Public {
		return dst
	}
	dst = appendCounts(dst, "memory", d.Memory)
	dst = appendCounts(dst, "io", d.IO)
	dst = jsontext.AppendText(dst, "wait_channel", d.WaitChan)
	if role.SeesAll() {
		dst = appendContext(dst, d)
	}
	return dst
}

// appendContext appends the paths, which are for operators alone.
func appendContext(dst []byte, d *process.Detail) []byte {
	dst = jsontext.AppendText(dst, "cwd", d.Cwd)
	dst = jsontext.AppendText(dst, "root", d.Root)
	if d.KernelStack != nil {
		dst = jsontext.AppendStrings(append(dst, `,"kernel_stack":`...), d.KernelStack)
	}
	if d.Cgroups != nil {
		dst = jsontext.AppendStrings(append(dst, `,"cgroups":`...), d.Cgroups)
	}
	return appendSockets(appendDescriptors(dst, d.Descriptors), d.Sockets)
}

func appendDescriptors(dst []byte, list []process.Descriptor) []byte {
	if list == nil {
		return dst
	}
	dst = append(dst, `,"descriptors":[`...)
	for i, descriptor := range list {
		dst = jsontext.AppendComma(dst, i)
		dst = jsontext.AppendInt(append(dst, `{"fd":`...), descriptor.FD)
		dst = append(jsontext.AppendText(dst, "target", descriptor.Target), '}')
	}
	return append(dst, ']')
}

func appendSockets(dst []byte, list []process.Socket) []byte {
	if list == nil {
		return dst
	}
	dst = append(dst, `,"sockets":[`...)
	for i := range list {
		s := &list[i]
		dst = jsontext.AppendComma(dst, i)
		dst = jsontext.AppendInt(append(dst, `{"fd":`...), s.FD)
		dst = jsontext.AppendText(dst, "protocol", s.Protocol)
		dst = jsontext.AppendText(dst, "local", s.Local)
		dst = jsontext.AppendText(dst, "remote", s.Remote)
		dst = append(jsontext.AppendText(dst, "state", s.State), '}')
	}
	return append(dst, ']')
}

// appendLimits appends the resource limits; null is unlimited.
func appendLimits(dst []byte, limits []process.Limit) []byte {
	if limits == nil {
		return dst
	}
	dst = append(dst, `,"limits":[`...)
	for i, limit := range limits {
		dst = jsontext.AppendString(append(jsontext.AppendComma(dst, i), `{"name":`...), limit.Name)
		dst = jsontext.AppendText(dst, "unit", limit.Unit)
		dst = appendLimit(append(dst, `,"soft":`...), limit.Soft)
		dst = append(appendLimit(append(dst, `,"hard":`...), limit.Hard), '}')
	}
	return append(dst, ']')
}

func appendLimit(dst []byte, value *uint64) []byte {
	if value == nil {
		return append(dst, "null"...)
	}
	return jsontext.AppendUint(dst, *value)
}

func appendThreads(dst []byte, threads []process.Thread, role access.Role) []byte {
	if threads == nil {
		return dst
	}
	dst = append(dst, `,"threads":[`...)
	for i := range threads {
		t := &threads[i]
		dst = jsontext.AppendInt(append(jsontext.AppendComma(dst, i), `{"tid":`...), t.TID)
		dst = jsontext.AppendString(append(dst, `,"name":`...), t.Name)
		dst = jsontext.AppendString(append(dst, `,"state":`...), t.State.String())
		dst = jsontext.AppendDecimal(append(dst, `,"user_seconds":`...), t.UserSeconds, jsontext.CpuDecimals)
		dst = jsontext.AppendDecimal(append(dst, `,"system_seconds":`...), t.SysSeconds, jsontext.CpuDecimals)
		if role.SeesAll() {
			dst = jsontext.AppendText(dst, "wait_channel", t.WaitChan)
		}
		dst = append(dst, '}')
	}
	return append(dst, ']')
}

// appendCounts appends a member with counts in the order of their names.
func appendCounts(dst []byte, key string, counts map[string]uint64) []byte {
	if counts == nil {
		return dst
	}
	dst = append(jsontext.AppendString(append(dst, ','), key), ":{"...)
	for i, name := range slices.Sorted(maps.Keys(counts)) {
		dst = append(jsontext.AppendString(jsontext.AppendComma(dst, i), name), ':')
		dst = jsontext.AppendUint(dst, counts[name])
	}
	return append(dst, '}')
}
