package bpf

import (
	"errors"

	"github.com/cilium/ebpf"
)

const batchEntries = 512

// batch is room for entries of a map.
type batch[K, V any] struct {
	keys   []K
	values []V
}

func newBatch[K, V any]() batch[K, V] {
	return batch[K, V]{keys: make([]K, batchEntries), values: make([]V, batchEntries)}
}

// drain takes every entry out of a map.
func (b *batch[K, V]) drain(m *ebpf.Map, each func(*K, *V)) error {
	return b.walk(m.BatchLookupAndDelete, each)
}

// read hands over every entry of a map, and leaves it there.
func (b *batch[K, V]) read(m *ebpf.Map, each func(*K, *V)) error {
	return b.walk(m.BatchLookup, each)
}

// lookup is a batch operation on a map.
type lookup func(*ebpf.MapBatchCursor, any, any, *ebpf.BatchOptions) (int, error)

func (b *batch[K, V]) walk(next lookup, each func(*K, *V)) error {
	var cursor ebpf.MapBatchCursor
	for {
		n, err := next(&cursor, b.keys, b.values, nil)
		for i := range n {
			each(&b.keys[i], &b.values[i])
		}
		if errors.Is(err, ebpf.ErrKeyNotExist) {
			return nil
		}
		if err != nil {
			return err
		}
	}
}
