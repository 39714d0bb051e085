package system

import (
	"os"
	"slices"
	"strconv"
	"strings"

	"proctree/collector/host/procfile"
)

// zfsFiles are the files of /proc/spl/kstat/zfs and what begins the names of their metrics.
// Which of them there are depends on the version of ZFS.
var zfsFiles = []struct{ file, prefix string }{
	{"abdstats", "zfs_abd_"},
	{"arcstats", "zfs_arc_"},
	{"dbufstats", "zfs_dbuf_"},
	{"dmu_tx", "zfs_dmu_tx_"},
	{"dnodestats", "zfs_dnode_"},
	{"fm", "zfs_fm_"},
	{"vdev_cache_stats", "zfs_vdev_cache_"},
	{"vdev_mirror_stats", "zfs_vdev_mirror_"},
	{"xuio_stats", "zfs_xuio_"},
	{"zfetchstats", "zfs_zfetch_"},
	{"zil", "zfs_zil_"},
}

// zfsStates are the states of a pool (zpoolconcepts(7)).
var zfsStates = []string{"online", "degraded", "faulted", "offline", "removed", "unavail", "suspended"}

// zfs reads the counters of ZFS, those of each pool and of each data set.
func (r *reader) zfs(out *values) {
	dir := r.procPath("spl/kstat/zfs")
	for _, f := range zfsFiles {
		if text, ok := out.content(join(dir, f.file)); ok {
			out.kstat(f.file, text, func(name string, n float64) { out.add(f.prefix+name, n) })
		}
	}
	for _, name := range out.devices(dir, "") {
		out.zfsPool(join(dir, name), Label{"zpool", name})
	}
}

func (v *values) zfsPool(dir string, pool Label) {
	if text, ok := v.content(join(dir, "io")); ok {
		v.zfsIO(text, pool)
	}
	if state, ok := v.attribute(join(dir, "state")); ok && !slices.Contains(zfsStates, strings.ToLower(state)) {
		v.Lost(join(dir, "state"), "unknown state")
	} else if ok {
		for _, name := range zfsStates {
			is := 0.0
			if strings.EqualFold(state, name) {
				is = 1
			}
			v.add("zfs_zpool_state", is, Label{"state", name}, pool)
		}
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return // The pool has been exported meanwhile.
	}
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), "objset-") {
			continue
		}
		if text, ok := v.content(join(dir, e.Name())); ok {
			v.zfsObjset(text, pool)
		}
	}
}

// The types of a kstat that are shown (sys/kstat.h of ZFS).
const (
	kstatInt64  = "3"
	kstatUint64 = "4"
)

// kstat parses a file of lines such as "hits 4 8772612" below a heading.
func (v *values) kstat(file, text string, show func(name string, n float64)) {
	where, begun := "zfs: "+file, false
	for line := range procfile.Lines(text) {
		fields := strings.Fields(line)
		switch {
		case len(fields) < 3:
		case fields[0] == "name" && fields[1] == "type":
			begun = true
		case !begun || fields[1] != kstatInt64 && fields[1] != kstatUint64:
		case !isMetricPart(zfsName(fields[0])):
			v.Lost(where, "a name that is none")
		case fields[1] == kstatUint64:
			if n, ok := v.Counter(where+": "+fields[0], fields[2]); ok {
				show(zfsName(fields[0]), float64(n))
			}
		default:
			if n, err := strconv.ParseInt(fields[2], 10, 64); err == nil {
				show(zfsName(fields[0]), float64(n))
			} else {
				v.Lost(where+": "+fields[0], "not a number")
			}
		}
	}
	if !begun {
		v.Lost(where, "no heading")
	}
}

func zfsName(name string) string { return strings.ReplaceAll(name, "-", "_") }

// zfsObjset shows a data set, whose name is a line of its own: "dataset_name 7 tank/home".
func (v *values) zfsObjset(text string, pool Label) {
	name := ""
	for line := range procfile.Lines(text) {
		if fields := strings.Fields(line); len(fields) > 2 && fields[0] == "dataset_name" {
			// The name itself may hold blanks, and so follows the second column as it is.
			_, rest, _ := strings.Cut(line, fields[0])
			_, rest, _ = strings.Cut(rest, fields[1])
			name = label(strings.TrimSpace(rest))
		}
	}
	if name == "" {
		v.Lost("zfs: a data set", "no name")
		return
	}
	labels := []Label{{"dataset", name}, pool}
	v.kstat("a data set", text, func(column string, n float64) { v.add("zfs_zpool_dataset_"+column, n, labels...) })
}

// zfsIO shows a line of names and one of values.
func (v *values) zfsIO(text string, pool Label) {
	var names []string
	for line := range procfile.Lines(text) {
		fields := strings.Fields(line)
		switch {
		case fields[0] == "nread":
			names = fields
		case names == nil:
		case len(fields) != len(names):
			v.Lost("zfs: I/O of a pool", "not as many values as names")
		default:
			for i, name := range names {
				if !isMetricPart(name) {
					continue
				}
				if n, ok := v.Counter("zfs: I/O of a pool: "+name, fields[i]); ok {
					v.add("zfs_zpool_"+name, float64(n), pool)
				}
			}
		}
	}
	if names == nil {
		v.Lost("zfs: I/O of a pool", "no heading")
	}
}
