package wine

import (
	"bytes"
	"encoding/binary"
)

// The layout of the DLL: headers and one section, each in a block of the file.
const (
	fileBlock   = 0x200
	sectionRVA  = 0x1000
	machineX64  = 0x8664
	optionalLen = 112 + 16*8
	// exportsLen is the size of IMAGE_EXPORT_DIRECTORY.
	exportsLen = 40
)

// forwarder returns a 64-bit DLL with one export that is only a name for a function of
// another DLL (Microsoft's "PE Format", Export Address Table). target is "DLL.FUNCTION".
func forwarder(dll, function, target string) []byte {
	section := exportSection(dll, function, target)
	var b bytes.Buffer
	write := func(values ...any) {
		for _, v := range values {
			_ = binary.Write(&b, binary.LittleEndian, v) // A Buffer takes everything.
		}
	}
	dos := make([]byte, 64)
	copy(dos, "MZ")
	binary.LittleEndian.PutUint32(dos[60:], uint32(len(dos))) // where the PE header is
	write(dos, []byte("PE\x00\x00"))

	// IMAGE_FILE_HEADER; the flags say: an image, aware of large addresses, a DLL.
	write(uint16(machineX64), uint16(1), uint32(0), uint32(0), uint32(0), uint16(optionalLen), uint16(0x2022))

	// IMAGE_OPTIONAL_HEADER64 without code or entry point.
	write(uint16(0x20b), uint16(0), uint32(0), uint32(len(section)), uint32(0), uint32(0), uint32(sectionRVA))
	write(uint64(0x180000000), uint32(sectionRVA), uint32(fileBlock))
	write(uint16(6), uint16(0), uint16(0), uint16(0), uint16(6), uint16(0), uint32(0))
	write(uint32(2*sectionRVA), uint32(fileBlock), uint32(0), uint16(3), uint16(0x160))
	write(uint64(1<<20), uint64(1<<12), uint64(1<<20), uint64(1<<12), uint32(0), uint32(16))
	write(uint32(sectionRVA), uint32(len(section)), make([]byte, 15*8)) // the exports, and no other table

	// IMAGE_SECTION_HEADER, initialized data to read.
	write([]byte(".edata\x00\x00"), uint32(len(section)), uint32(sectionRVA), uint32(fileBlock), uint32(fileBlock))
	write(uint64(0), uint32(0), uint32(0x40000040))

	image := make([]byte, 2*fileBlock)
	copy(image, b.Bytes())
	copy(image[fileBlock:], section)
	return image
}

// exportSection is IMAGE_EXPORT_DIRECTORY with its three tables and its strings.
func exportSection(dll, function, target string) []byte {
	const tables = sectionRVA + exportsLen
	const names = tables + 4 + 4 + 2
	functionAt := names + len(dll) + 1
	targetAt := functionAt + len(function) + 1
	var b bytes.Buffer
	for _, v := range []any{
		uint32(0), uint32(0), uint32(0), uint32(names), uint32(1), uint32(1), uint32(1),
		uint32(tables), uint32(tables + 4), uint32(tables + 8),
		uint32(targetAt), uint32(functionAt), uint16(0),
		[]byte(dll + "\x00" + function + "\x00" + target + "\x00"),
	} {
		_ = binary.Write(&b, binary.LittleEndian, v)
	}
	return b.Bytes()
}
