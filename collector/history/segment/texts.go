package segment

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"

	"proctree/collector/process"
)

// dictionary numbers the texts and facts of a segment, from 1 on; 0 is the empty text and no facts.
type dictionary struct {
	// shown makes of a command line what may be written.
	shown func([]string) []string
	texts map[string]uint64
	facts map[*process.Facts]uint64
	// alike finds facts by what is written of them: processes that run the same program share them.
	// Whole texts as keys would be most of the memory of an Encoder.
	alike map[[sha256.Size]byte]uint64
	// nText and nFacts are the largest numbers.
	nText, nFacts uint64
	// newTexts and newFacts are encoded and not yet written.
	fresh batch
	// period holds those of the period under way.
	period batch
	// bytes is about what the dictionary takes in memory.
	bytes   int
	scratch []byte
}

// batch is a run of numbered texts and facts, encoded.
type batch struct {
	firstText, firstFacts uint64
	texts, facts          []byte
	nTexts, nFacts        uint64
}

func newDictionary(shown func([]string) []string) *dictionary {
	return &dictionary{
		shown: shown,
		texts: map[string]uint64{"": 0}, facts: map[*process.Facts]uint64{}, alike: map[[sha256.Size]byte]uint64{},
		fresh: batch{firstText: 1, firstFacts: 1}, period: batch{firstText: 1, firstFacts: 1},
	}
}

// perEntryBytes is about what an entry of a map takes besides its text.
const perEntryBytes = 64

func (d *dictionary) text(s string) uint64 {
	if n, ok := d.texts[s]; ok {
		return n
	}
	d.nText++
	d.texts[s] = d.nText
	d.bytes += len(s) + perEntryBytes
	d.fresh.texts = appendText(d.fresh.texts, s)
	d.fresh.nTexts++
	return d.nText
}

func (d *dictionary) factsOf(f *process.Facts) uint64 {
	if f == nil || f == process.NoFacts {
		return 0
	}
	if n, ok := d.facts[f]; ok {
		return n
	}
	b := d.scratch[:0]
	for _, s := range [...]string{f.Exe, f.User, f.Cgroup, f.Unit, f.Container, f.PodUID} {
		b = binary.AppendUvarint(b, d.text(s))
	}
	b = binary.AppendUvarint(b, f.FDLimit)
	b = appendList(b, d.shown(f.Cmdline))
	if f.Namespace != "" || f.Pod != "" || f.ContainerName != "" {
		for _, s := range [...]string{f.Namespace, f.Pod, f.ContainerName} {
			b = binary.AppendUvarint(b, d.text(s))
		}
	}
	d.scratch = b
	key := sha256.Sum256(b)
	n, ok := d.alike[key]
	if !ok {
		d.nFacts++
		n = d.nFacts
		d.alike[key] = n
		d.fresh.facts = appendText(d.fresh.facts, string(b))
		d.fresh.nFacts++
		d.bytes += len(b)
	}
	d.facts[f] = n
	d.bytes += perEntryBytes
	return n
}

// appendList appends a list of texts; nil differs from an empty one.
func appendList(dst []byte, list []string) []byte {
	if list == nil {
		return append(dst, 0)
	}
	dst = binary.AppendUvarint(dst, uint64(len(list))+1)
	for _, s := range list {
		dst = appendText(dst, s)
	}
	return dst
}

func appendText(dst []byte, s string) []byte {
	return append(binary.AppendUvarint(dst, uint64(len(s))), s...)
}

// take returns what is not yet written.
func (d *dictionary) take() *batch {
	b := d.fresh
	if b.nTexts == 0 && b.nFacts == 0 {
		return nil
	}
	d.fresh = batch{firstText: d.nText + 1, firstFacts: d.nFacts + 1, texts: nil, facts: nil}
	return &b
}

// repeat makes what was taken a part of the period, which is written again in the next one.
func (d *dictionary) repeat(b *batch) {
	d.period.texts = append(d.period.texts, b.texts...)
	d.period.facts = append(d.period.facts, b.facts...)
	d.period.nTexts += b.nTexts
	d.period.nFacts += b.nFacts
}

// skipRepeat leaves what was taken out of the period. It is possible only at its beginning, for numbers have
// no gap.
func (d *dictionary) skipRepeat(b *batch) bool {
	if d.period.nTexts > 0 || d.period.nFacts > 0 {
		return false
	}
	d.period = batch{firstText: b.firstText + b.nTexts, firstFacts: b.firstFacts + b.nFacts}
	return true
}

// endPeriod returns what the period that ends has written.
func (d *dictionary) endPeriod() *batch {
	b := d.period
	d.period = batch{firstText: b.firstText + b.nTexts, firstFacts: b.firstFacts + b.nFacts}
	if b.nTexts == 0 && b.nFacts == 0 {
		return nil
	}
	return &b
}

func (b *batch) encode() []byte {
	var dst []byte
	for _, n := range [...]uint64{b.firstText, b.nTexts, b.firstFacts, b.nFacts} {
		dst = binary.AppendUvarint(dst, n)
	}
	return append(append(dst, b.texts...), b.facts...)
}

// lexicon is a dictionary as a reader has it. Numbers that damage has taken are nil.
type lexicon struct {
	texts []*string
	facts []*process.Facts
}

// learn adds a batch.
func (l *lexicon) learn(raw []byte) error {
	in := &input{b: raw}
	firstText, nTexts := in.uvarint(), in.count()
	firstFacts, nFacts := in.uvarint(), in.count()
	if firstText > maxEntries || firstFacts > maxEntries {
		return errDamaged
	}
	for i := range uint64(nTexts) {
		put(&l.texts, firstText+i, new(in.text()))
		if in.failed {
			return errDamaged
		}
	}
	for i := range uint64(nFacts) {
		entry := &input{b: in.bytes(in.count())}
		f := &process.Facts{}
		for _, s := range [...]*string{&f.Exe, &f.User, &f.Cgroup, &f.Unit, &f.Container, &f.PodUID} {
			*s = l.text(entry, entry.uvarint())
		}
		f.FDLimit = entry.uvarint()
		if n := entry.count(); n > 0 {
			f.Cmdline = make([]string, n-1)
			for i := range f.Cmdline {
				f.Cmdline[i] = entry.text()
			}
		}
		if len(entry.b) > 0 { // An earlier version, or no pod, has no more.
			for _, s := range [...]*string{&f.Namespace, &f.Pod, &f.ContainerName} {
				*s = l.text(entry, entry.uvarint())
			}
		}
		if in.failed || entry.failed {
			return errDamaged
		}
		put(&l.facts, firstFacts+i, f)
	}
	return nil
}

// maxEntries bounds the numbers that a reader believes.
const maxEntries = 1 << 20

func put[T any](list *[]*T, at uint64, value *T) {
	for uint64(len(*list)) <= at {
		*list = append(*list, nil)
	}
	if (*list)[at] == nil {
		(*list)[at] = value
	}
}

func (l *lexicon) text(in *input, n uint64) string {
	if n == 0 {
		return ""
	}
	if n >= uint64(len(l.texts)) || l.texts[n] == nil {
		in.fail()
		return ""
	}
	return *l.texts[n]
}

func (l *lexicon) factsOf(in *input, n uint64) *process.Facts {
	if n == 0 {
		return process.NoFacts
	}
	if n >= uint64(len(l.facts)) || l.facts[n] == nil {
		in.fail()
		return process.NoFacts
	}
	return l.facts[n]
}

// input reads what was appended. After a failure all reads return zero.
type input struct {
	b      []byte
	failed bool
}

// errDamaged is a content that no writer has written.
var errDamaged = errors.New("the content of a frame is damaged")

func (in *input) fail() {
	in.failed = true
	in.b = nil
}

func (in *input) uvarint() uint64 {
	// Most numbers are differences, and small.
	if len(in.b) > 0 && in.b[0] < 0x80 {
		v := in.b[0]
		in.b = in.b[1:]
		return uint64(v)
	}
	v, n := binary.Uvarint(in.b)
	if n <= 0 {
		in.fail()
		return 0
	}
	in.b = in.b[n:]
	return v
}

// count reads a number of things each of which takes at least a byte.
func (in *input) count() int {
	n := in.uvarint()
	if n > uint64(len(in.b))+1 {
		in.fail()
		return 0
	}
	return int(n)
}

func (in *input) bytes(n int) []byte {
	if n > len(in.b) {
		in.fail()
		return nil
	}
	b := in.b[:n:n]
	in.b = in.b[n:]
	return b
}

func (in *input) text() string { return string(in.bytes(in.count())) }

func zigzag(v uint64) uint64 { return v<<1 ^ uint64(int64(v)>>63) }

func unzigzag(v uint64) uint64 { return v>>1 ^ -(v & 1) }
