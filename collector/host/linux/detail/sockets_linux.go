package detail

import (
	"bufio"
	"os"

	"golang.org/x/sys/unix"

	"proctree/collector/host/linux/procfs"
	"proctree/collector/host/procfile"
	"proctree/collector/host/sockets"
	"proctree/collector/process"
)

// maxSocketLines bounds what is read of a list of sockets: a host can have millions.
const maxSocketLines = 200_000

// netFiles are the lists of IP sockets in /proc/PID/net (proc_pid_net(5)).
var netFiles = []struct {
	name     string
	protocol sockets.Protocol
}{{"net/tcp", sockets.TCP}, {"net/tcp6", sockets.TCP}, {"net/udp", sockets.UDP}, {"net/udp6", sockets.UDP}}

// readSockets finds the sockets among the descriptors that were read before.
func readSockets(dir int, _ []byte, d *process.Detail) {
	if d.Descriptors == nil {
		return
	}
	byInode := make(map[uint64]process.Socket)
	for _, descriptor := range d.Descriptors {
		if inode, ok := sockets.Inode(descriptor.Target); ok {
			byInode[inode] = process.Socket{FD: descriptor.FD}
		}
	}
	if len(byInode) > 0 {
		nameSockets(dir, byInode)
	}
	list := []process.Socket{}
	for _, descriptor := range d.Descriptors {
		inode, _ := sockets.Inode(descriptor.Target)
		if s := byInode[inode]; s.Protocol != "" {
			s.FD = descriptor.FD
			list = append(list, s)
		}
	}
	d.Sockets = list
}

// nameSockets fills in the sockets that the process' network namespace lists.
func nameSockets(dir int, byInode map[uint64]process.Socket) {
	for _, file := range netFiles {
		eachLine(dir, file.name, func(line []byte) {
			e, ok := sockets.ParseEndpoint(line, file.protocol)
			if s, wanted := byInode[e.Inode]; ok && wanted {
				byInode[e.Inode] = e.Socket(s.FD)
			}
		})
	}
	eachLine(dir, "net/unix", func(line []byte) {
		inode, s, ok := sockets.ParseUnix(line)
		if _, wanted := byInode[inode]; ok && wanted {
			byInode[inode] = s
		}
	})
}

// eachLine reads the lines of a file of the process; one that cannot be read has none.
func eachLine(dir int, name string, each func(line []byte)) {
	fd, err := procfs.OpenAt(dir, append([]byte(name), 0), unix.O_RDONLY)
	if err != nil {
		return
	}
	file := os.NewFile(uintptr(fd), name)
	defer func() { _ = file.Close() }()
	lines := bufio.NewScanner(file)
	lines.Split(procfile.ScanWholeLines)
	for n := 0; n < maxSocketLines && lines.Scan(); n++ {
		each(lines.Bytes())
	}
}
