package system

import (
	"bytes"
	"errors"
	"fmt"
	"hash/maphash"
	"io/fs"
	"os"
	"slices"
	"strconv"
	"strings"

	"proctree/collector/host/procfile"

	"golang.org/x/sys/unix"
)

// subjects says how each subject is read. A further one is a file, a row here, and a row in
// the table of collectors.
var subjects = map[Subject]func(*reader, *values){
	ARP:          (*reader).arp,
	Bonding:      (*reader).bonding,
	Conntrack:    (*reader).conntrack,
	CPUFreq:      (*reader).cpuFreq,
	Entropy:      (*reader).entropy,
	Interrupts:   (*reader).interrupts,
	KernelHung:   (*reader).kernelHung,
	MDAdm:        (*reader).mdadm,
	NetClass:     (*reader).netClass,
	Netstat:      (*reader).netstat,
	NFS:          (*reader).nfs,
	PowerSupply:  (*reader).powerSupply,
	Processes:    (*reader).processes,
	Schedstat:    (*reader).schedstat,
	Sockstat:     (*reader).sockstat,
	Softnet:      (*reader).softnet,
	TCPStat:      (*reader).tcpStat,
	ThermalZone:  (*reader).thermalZone,
	Timex:        (*reader).timex,
	UDPQueues:    (*reader).udpQueues,
	DMI:          (*reader).dmi,
	DMMultipath:  (*reader).dmMultipath,
	EDAC:         (*reader).edac,
	FibreChannel: (*reader).fibreChannel,
	InfiniBand:   (*reader).infiniBand,
	IPVS:         (*reader).ipvs,
	NFSd:         (*reader).nfsd,
	NVMe:         (*reader).nvme,
	RAPL:         (*reader).rapl,
	SELinux:      (*reader).selinux,
	TapeStats:    (*reader).tapeStats,
	Watchdog:     (*reader).watchdog,
	XFS:          (*reader).xfs,
	ZFS:          (*reader).zfs,
}

// Values implements Reader.
func (r *reader) Values(subject Subject) ([]Value, error) { return r.valuesOf(subjects, subject) }

func (r *reader) valuesOf(subjects map[Subject]func(*reader, *values), subject Subject) ([]Value, error) {
	read, ok := subjects[subject]
	if !ok {
		return nil, unsupported(string(subject))
	}
	var v values
	if err := procfile.Guard(func() error { read(r, &v); return nil }); err != nil {
		v.Lost(string(subject), err.Error())
	}
	v.dropRepeated()
	err := v.Err()
	if err == nil && len(v.list) == 0 {
		err = fmt.Errorf("%s: not on this host: %w", subject, errors.ErrUnsupported)
	}
	return v.list, err
}

// values collects what one subject has. What is missing adds nothing; what is odd is damage,
// and costs only what is derived from it.
type values struct {
	Damage
	list []Value
	// page is what attributes are read into.
	page []byte
}

func (v *values) add(name string, number float64, labels ...Label) {
	v.list = append(v.list, Value{Name: name, Number: number, Labels: labels})
}

// dropRepeated keeps the first of values that are the same series, as a line that is there
// twice makes them: Prometheus would refuse all of the scrape.
func (v *values) dropRepeated() {
	seen := make(map[uint64]bool, len(v.list))
	var h maphash.Hash
	v.list = slices.DeleteFunc(v.list, func(value Value) bool {
		h.Reset()
		_, _ = h.WriteString(value.Name)
		for _, l := range value.Labels {
			_ = h.WriteByte(0)
			_, _ = h.WriteString(l.Name)
			_ = h.WriteByte(0)
			// As the label will be: what is no UTF-8 is replaced.
			_, _ = h.WriteString(strings.ToValidUTF8(l.Value, "\uFFFD"))
		}
		sum := h.Sum64()
		repeated := seen[sum]
		if repeated {
			v.Lost(value.Name, "there twice")
		}
		seen[sum] = true
		return repeated
	})
}

// read returns the lines of a file that is a part of the subject, and that no kernel leaves
// empty; ok is false if it is missing or cannot be read.
func (v *values) read(path string) (text string, ok bool) {
	text, _, ok = v.readLines(path)
	return text, ok
}

// readSummands is read for a file of which every line is a part of all values: with a line less
// they are not known.
func (v *values) readSummands(path string) (text string, ok bool) {
	text, all, ok := v.readLines(path)
	return text, all && ok
}

func (v *values) readLines(path string) (text string, all, ok bool) {
	readPart(&v.Damage, path, func(content string) {
		v.NeedLine(path, content)
		text = v.WholeLines(path, content)
		all, ok = len(text) == len(content), strings.TrimSpace(text) != ""
	})
	return text, all, ok
}

// noAttribute are the errors by which a driver says that a device lacks an attribute, or
// has no value for it now, or not for everybody: an interface that is down answers EINVAL
// when asked for its speed, and only root may read cpuinfo_cur_freq.
var noAttribute = []error{
	fs.ErrNotExist, fs.ErrPermission, errors.ErrUnsupported, unix.EINVAL, unix.EOPNOTSUPP, unix.ENODEV, unix.ENXIO, unix.ENODATA, unix.EAGAIN,
}

// attribute returns the content of a file of sysfs without white space around it; ok is
// false where the device has none.
func (v *values) attribute(path string) (text string, ok bool) {
	text, err := v.readAttribute(path)
	return text, v.has(path, err)
}

// content is attribute for a file of many lines, each of which has an end.
func (v *values) content(path string) (text string, ok bool) {
	b, err := readFile(path)
	if !v.has(path, err) {
		return "", false
	}
	text = v.WholeLines(path, string(b))
	return text, text != "" || len(b) == 0
}

// has reports whether an attribute could be read.
func (v *values) has(path string, err error) bool { return hasAttribute(&v.Damage, path, err) }

// hasAttribute reports whether an attribute could be read, and counts it as lost if that is
// not what a driver says.
func hasAttribute(d *Damage, path string, err error) bool {
	if err == nil {
		return true
	}
	switch {
	case lacks(err):
	case errors.Is(err, errUnknownWord):
		d.Lost(path, err.Error())
	default:
		d.Lost(path, "cannot be read")
	}
	return false
}

// lacks reports whether an error says that there is no such attribute.
func lacks(err error) bool {
	return slices.ContainsFunc(noAttribute, func(n error) bool { return errors.Is(err, n) })
}

var errUnknownWord = errors.New("unknown word")

// word returns the content of a file of sysfs that is one of the words that the kernel has
// for it. Another one, and none at all, is lost; ok is false where the device has none.
func (v *values) word(path string, words []string) (text string, ok bool) {
	text, err := v.readAttribute(path)
	if err == nil && !slices.Contains(words, text) {
		err = errUnknownWord
	}
	return text, v.has(path, err)
}

// name returns the content of a file of sysfs as a label that no driver leaves empty; empty if
// there is none.
func (v *values) name(path string) string {
	text, ok := v.attribute(path)
	switch {
	case !ok:
	case text == "" || len(text) > maxLabel:
		v.Lost(path, "not a name")
	default:
		return text
	}
	return ""
}

// needName is name for what the kernel makes for every device: that it is missing is damage. The
// values of the device stay, with an empty label.
func (v *values) needName(path string) string {
	if _, err := os.Lstat(path); errors.Is(err, fs.ErrNotExist) {
		v.Lost(path, "missing")
		return ""
	}
	return v.name(path)
}

// readAttribute reads by one call: an attribute is a page at most
// (Documentation/filesystems/sysfs.rst). A host has hundreds of them.
func (v *values) readAttribute(path string) (string, error) {
	if v.page == nil {
		v.page = make([]byte, os.Getpagesize())
	}
	n, err := procfile.ReadInto(path, v.page)
	if err != nil {
		return "", err
	}
	if n == len(v.page) {
		return "", errTooLarge
	}
	return string(bytes.TrimSpace(v.page[:n])), nil
}

var errTooLarge = errors.New("larger than a page")

// text returns the content of such a file as a label; empty if there is none.
func (v *values) text(path string) string {
	text, _ := v.attribute(path)
	if len(text) > maxLabel {
		v.Lost(path, "too long for a label")
	}
	return label(text)
}

// unsigned returns the number in a file of sysfs or procfs.
func (v *values) unsigned(path string) (uint64, bool) {
	text, ok := v.attribute(path)
	if !ok {
		return 0, false
	}
	return v.Counter(path, text)
}

// signed returns the number in a file of sysfs, which may be negative or hexadecimal.
func (v *values) signed(path string) (int64, bool) {
	text, ok := v.attribute(path)
	if !ok {
		return 0, false
	}
	n, err := strconv.ParseInt(text, 0, 64)
	if err != nil {
		v.Lost(path, "not a number")
	}
	return n, err == nil
}

// hexadecimal parses a number of a line that the kernel writes in base 16.
func (v *values) hexadecimal(where, text string) (uint64, bool) {
	n, err := strconv.ParseUint(text, 16, 63)
	if err != nil {
		v.Lost(where, "not a number")
		return 0, false
	}
	return n, true
}

// addUnsigned adds the number in a file, if there is one.
func (v *values) addUnsigned(name, path string, labels ...Label) {
	if n, ok := v.unsigned(path); ok {
		v.add(name, float64(n), labels...)
	}
}

// isMetricPart reports whether a name that the kernel chose can be a part of a metric's.
func isMetricPart(s string) bool { return procfile.IsName(s) && !strings.ContainsAny(s, "()") }

// part is a name of the kernel's as it may be in an error: an odd one could be anything.
func part(s string) string {
	if s = strings.TrimSuffix(s, ":"); isMetricPart(s) {
		return s
	}
	return "a line"
}

// devices returns the folders below dir, links to folders included, whose names begin with
// prefix, by name and sorted; none if dir is missing.
func (v *values) devices(dir, prefix string) []string {
	names, _ := v.allDevices(dir, prefix)
	return names
}

// allDevices is devices for those that are counted; ok is false if there may be others.
func (v *values) allDevices(dir, prefix string) (names []string, ok bool) {
	entries, err := os.ReadDir(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, true
	case errors.Is(err, fs.ErrPermission):
		return nil, false
	case err != nil:
		v.Lost(dir, "cannot be listed")
		return nil, false
	}
	for _, e := range entries {
		if !e.Type().IsRegular() && strings.HasPrefix(e.Name(), prefix) {
			names = append(names, e.Name())
		}
	}
	return names, true
}

// numbered returns the devices below dir that are called prefix and a number.
func (v *values) numbered(dir, prefix string) []string {
	return slices.DeleteFunc(v.devices(dir, prefix), func(name string) bool {
		_, err := strconv.ParseUint(name[len(prefix):], 10, 32)
		return err != nil
	})
}

// device is the label of a device.
func device(name string) Label { return Label{"device", name} }

// join is filepath.Join without its cleaning, for names that the kernel gave.
func join(elem ...string) string { return strings.Join(elem, "/") }
