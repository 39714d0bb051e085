package system

import (
	"strconv"
	"strings"

	"proctree/collector/host/procfile"
)

// queueColumn is "TX:RX", the bytes in the queues of a socket, in hexadecimal (proc(5),
// /proc/net/udp).
const queueColumn = 4

// udpQueues adds up the queues of all UDP sockets.
func (r *reader) udpQueues(out *values) {
	for _, file := range []struct{ name, version string }{{"net/udp", "v4"}, {"net/udp6", "v6"}} {
		text, ok := out.readSummands(r.procPath(file.name))
		if !ok {
			continue
		}
		transmit, receive, ok := out.sumQueues(file.name, text)
		if ok {
			ip := Label{"ip", file.version}
			out.add("udp_queues", float64(transmit), ip, Label{"queue", "tx"})
			out.add("udp_queues", float64(receive), ip, Label{"queue", "rx"})
		}
	}
}

// sumQueues is not ok if a line is odd: the sums are not known without it.
func (v *values) sumQueues(file, text string) (transmit, receive uint64, ok bool) {
	for line := range procfile.Lines(text) {
		fields := strings.Fields(line)
		if fields[0] == "sl" { // The heading.
			continue
		}
		var tx, rx uint64
		var errs [2]error
		if len(fields) > queueColumn {
			queued, waiting, _ := strings.Cut(fields[queueColumn], ":")
			tx, errs[0] = strconv.ParseUint(queued, 16, 64)
			rx, errs[1] = strconv.ParseUint(waiting, 16, 64)
		}
		if len(fields) <= queueColumn || errs[0] != nil || errs[1] != nil {
			v.Lost("/proc/"+file, "a line without queues")
			return 0, 0, false
		}
		transmit += tx
		receive += rx
	}
	return transmit, receive, true
}
