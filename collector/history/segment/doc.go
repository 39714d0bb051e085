// Package segment is the format of a recording: how process tables are written to a file, one
// frame after another, and read back. It is pure: it gets and returns bytes.
//
// A segment is a list of frames. Each frame has a header of HeaderBytes with its kind, length,
// sequence number, time, and the CRC-32C of header and payload. A reader that meets damage goes on
// at the next header whose checksum is right.
//
//	'H' header     names of the fields and other facts of the segment; the same text in each period
//	'T' texts      names, facts and groups of processes, numbered from 1 on; zstd
//	'S' shard      a part of the texts with which a segment of many processes begins
//	'O' overview   metrics of the whole host, once in each period
//	'E' events     what happened to processes since the table before; zstd
//	'K' key        a whole table and the differences to the next one; starts a zstd stream
//	'D' difference what has changed since the frame before; continues the zstd stream
//
// A key period is 'H' 'T' 'O' 'K' 'D' 'D' …; where a frame needs texts that the segment does not
// have yet, a 'T' goes before it. An 'E' goes before the table that follows its events, and is read
// without any table. The 'T' at the start of a period repeats the texts of the period before, or texts
// are written as shards, one of which can be made again from the others. So one damaged frame never
// costs more than one period.
//
// The content of 'K' and 'D' is a list of sections, each with a number and a length; a reader skips
// the sections and the fields that it does not know.
package segment
