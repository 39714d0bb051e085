package peer

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// connect returns the server's end of a connection that dial makes.
func connect(t *testing.T, network, address string, dial func(address string)) net.Conn {
	t.Helper()
	listener, err := net.Listen(network, address)
	if err != nil {
		t.Skipf("SKIP: no %s here: %v", network, err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	dial(listener.Addr().String())
	conn, err := listener.Accept()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return conn
}

// dialed keeps the other end open until the test is over.
func dialed(t *testing.T, network string) func(address string) {
	t.Helper()
	return func(address string) {
		conn, err := net.Dial(network, address)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = conn.Close() })
	}
}

// TestOwner asks the real kernel about connections of every kind.
func TestOwner(t *testing.T) {
	for _, test := range []struct{ name, listen, at, dial, to string }{
		{"IPv4", "tcp4", "127.0.0.1:0", "tcp4", "127.0.0.1"},
		{"another address of loopback", "tcp4", "127.1.2.3:0", "tcp4", "127.1.2.3"},
		{"IPv6", "tcp6", "[::1]:0", "tcp6", "[::1]"},
		{"IPv4 to a socket of both", "tcp", ":0", "tcp4", "127.0.0.1"},
		{"IPv4 mapped into IPv6", "tcp", ":0", "tcp", "[::ffff:127.0.0.1]"},
		{"Unix", "unix", filepath.Join(t.TempDir(), "s"), "unix", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			conn := connect(t, test.listen, test.at, func(address string) {
				if _, port, err := net.SplitHostPort(address); err == nil {
					address = test.to + ":" + port
				}
				dialed(t, test.dial)(address)
			})
			uid, err := owner(conn)
			if err != nil || uid != os.Geteuid() {
				t.Errorf("owner is %d, %v, want %d", uid, err, os.Geteuid())
			}
			remote, ok := conn.RemoteAddr().(*net.TCPAddr)
			if !ok {
				return
			}
			p := pairOf(remote.AddrPort(), conn.LocalAddr().(*net.TCPAddr).AddrPort())
			for how, find := range map[string]func(pair) (int, error){"sock_diag": askKernel, "tables": searchTables} {
				if uid, err := find(p); err != nil || uid != os.Geteuid() {
					t.Errorf("by %s the owner is %d, %v", how, uid, err)
				}
			}
		})
	}
}

// TestOwnerOfAnotherAccount connects as nobody.
func TestOwnerOfAnotherAccount(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("SKIP: only root can be somebody else")
	}
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("SKIP: no bash, which connects as nobody")
	}
	const nobody = 65534
	conn := connect(t, "tcp4", "127.0.0.1:0", func(address string) {
		_, port, _ := net.SplitHostPort(address)
		cmd := exec.Command(bash, "-c", fmt.Sprintf("exec 3<>/dev/tcp/127.0.0.1/%s; read -r line <&3", port))
		cmd.SysProcAttr = &syscall.SysProcAttr{
			Credential: &syscall.Credential{Uid: nobody, Gid: nobody}, Pdeathsig: syscall.SIGKILL,
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			_ = cmd.Process.Kill()
			_ = cmd.Wait()
		})
	})
	uid, err := owner(conn)
	if err != nil || uid != nobody {
		t.Errorf("owner is %d, %v, want %d", uid, err, nobody)
	}
	if account, err := Of(conn, Config{ProcPath: "/proc"}); err != nil || account.Sight == All || account.Sight == Unknown || account.Name != "65534" {
		t.Errorf("nobody is %+v, %v", account, err)
	}
	if account, err := Of(tls.Server(conn, &tls.Config{MinVersion: tls.VersionTLS12}), Config{ProcPath: "/proc"}); err != nil || account.Sight == All {
		t.Errorf("over TLS nobody is %+v, %v", account, err)
	}
}

// TestClosedSocketIsNobodys: the kernel gives a socket without a program to root.
func TestClosedSocketIsNobodys(t *testing.T) {
	conn := connect(t, "tcp4", "127.0.0.1:0", func(address string) {
		other, err := net.Dial("tcp4", address)
		if err != nil {
			t.Fatal(err)
		}
		if err := other.Close(); err != nil {
			t.Fatal(err)
		}
	})
	if uid, err := owner(conn); err == nil {
		t.Errorf("a closed socket belongs to %d", uid)
	}
	if account, err := Of(conn, Config{ProcPath: "/proc"}); err == nil || account.Sight == All || account.Name != "" {
		t.Errorf("a closed socket is of %+v, %v", account, err)
	}
}

func TestParseResponse(t *testing.T) {
	p := pairOf(netip.MustParseAddrPort("127.0.0.1:40000"), netip.MustParseAddrPort("[::ffff:127.0.0.1]:10056"))
	response := func(change func(body []byte)) []byte {
		message := make([]byte, headerBytes+responseBytes)
		message[4] = unix.SOCK_DIAG_BY_FAMILY
		body := message[headerBytes:]
		body[0], body[1] = unix.AF_INET, 1
		copy(body[responseIdentity:], sockID(p))
		body[uidOffset], body[inodeOffset] = 33, 1
		change(body)
		return message
	}
	if uid, err := parseResponse(response(func([]byte) {}), p); uid != 33 || err != nil {
		t.Errorf("the owner is %d, %v", uid, err)
	}
	mapped := response(func(body []byte) {
		copy(body[responseIdentity+4:], netip.MustParseAddr("::ffff:127.0.0.1").AsSlice())
		copy(body[responseIdentity+20:], netip.MustParseAddr("::ffff:127.0.0.1").AsSlice())
	})
	if uid, err := parseResponse(mapped, p); uid != 33 || err != nil {
		t.Errorf("with mapped addresses the owner is %d, %v", uid, err)
	}
	for name, message := range map[string][]byte{
		"nothing":         nil,
		"a piece":         response(func([]byte) {})[:headerBytes+20],
		"a listener":      response(func(body []byte) { body[1] = stateListen }),
		"another port":    response(func(body []byte) { body[responseIdentity+1]++ }),
		"another address": response(func(body []byte) { body[responseIdentity+4]++ }),
		"an orphan":       response(func(body []byte) { body[inodeOffset] = 0 }),
		"another type":    append(make([]byte, 4), make([]byte, headerBytes+responseBytes)...),
	} {
		if uid, err := parseResponse(message, p); err == nil {
			t.Errorf("%s belongs to %d", name, uid)
		}
	}
	refusal := make([]byte, headerBytes+20)
	refusal[4], refusal[headerBytes] = unix.NLMSG_ERROR, 0xfe // -ENOENT
	refusal[headerBytes+1], refusal[headerBytes+2], refusal[headerBytes+3] = 0xff, 0xff, 0xff
	if _, err := parseResponse(refusal, p); !errors.Is(err, unix.ENOENT) {
		t.Errorf("a refusal is %v", err)
	}
}

func TestSearchTable(t *testing.T) {
	const head = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"
	four := func(rest string) string {
		return head + "   0: 0100007F:9C40 0100007F:2748 01 00000000:00000000 00:00000000 00000000 " + rest + "\n"
	}
	p := pairOf(netip.MustParseAddrPort("127.0.0.1:40000"), netip.MustParseAddrPort("127.0.0.1:10056"))
	for name, test := range map[string]struct {
		text  string
		uid   int
		found bool
		fails bool
	}{
		"found":   {four("  1000        0 4711 1"), 1000, true, false},
		"mapped":  {head + " 0: 0000000000000000FFFF00000100007F:9C40 0000000000000000FFFF00000100007F:2748 01 0:0 0:0 0 7 0 1\n", 7, true, false},
		"orphan":  {four("     0        0 0 1"), 0, false, true},
		"no uid":  {four("     x        0 9 1"), 0, false, true},
		"nothing": {head, 0, false, false},
		"other":   {strings.Replace(four("0 0 9"), ":2748", ":2749", 1), 0, false, false},
		"garbled": {"a b c\n\x00\n" + strings.Repeat("z ", 12), 0, false, false},
	} {
		uid, found, err := searchTable(strings.NewReader(test.text), p)
		if uid != test.uid || found != test.found || (err != nil) != test.fails {
			t.Errorf("%s: %d, %v, %v", name, uid, found, err)
		}
	}
}

func TestHidesProcesses(t *testing.T) {
	const line = "22 27 0:21 / /proc rw,nosuid - proc proc rw%s\n"
	for option, want := range map[string]bool{
		"": false, ",hidepid=0": false, ",hidepid=off": false, ",hidepid=1": true, ",hidepid=2": true, ",gid=4,hidepid=invisible": true,
		",hidepid=ptraceable": true, ",hidepid=noaccess": true,
	} {
		if got := hidesProcesses(fmt.Sprintf(line, option), "/proc"); got != want {
			t.Errorf("%q hides: %v", option, got)
		}
	}
	if hidesProcesses(fmt.Sprintf(line, ",hidepid=2")+fmt.Sprintf(line, ""), "/proc") {
		t.Error("the mount below counts")
	}
	if hidesProcesses(fmt.Sprintf(line, ",hidepid=2"), "/host/proc") {
		t.Error("another path counts")
	}
}

// TestOddTablesHide: a table of mounts that cannot tell counts as one that hides; a mount of
// something else costs nothing, however odd it is.
func TestOddTablesHide(t *testing.T) {
	const open = "22 27 0:21 / /proc rw,nosuid - proc proc rw\n"
	for table, want := range map[string]bool{
		"":                                     true,
		"garbled\n":                            true,
		open + "garbled\n":                     true,
		open + " - \n":                         true,
		open + "1 2 0:3 / /proc rw - proc\n":   true,
		open + "1 2 0:3 / /proc rw\n":          true,
		open + "1 2 3 4 /proc - proc\n":        true,
		open + "\x00\x00\n":                    true,
		strings.TrimSuffix(open, "\n"):         true,
		strings.TrimSuffix(open, " proc rw\n"): true,
		open + "\n\n":                          false,
		strings.ReplaceAll(open, "\n", "\r\n"): false,
		open + "1 2 0:3 / /mnt/c rw - 9p C:\\ a b aname=drvfs;path=C:\\ rw\n": false,
		open + "1 2 0:3 / /mnt/c rw shared:1 master:2 - ext4\n":               false,
	} {
		if got := hidesProcesses(table, "/proc"); got != want {
			t.Errorf("%q hides: %v", table, got)
		}
	}
}

// TestMountsThatCannotBeRead: what other accounts see is not known, so they see nothing. A
// FIFO in the place of the table does not hold up anybody.
func TestMountsThatCannotBeRead(t *testing.T) {
	if public(Config{ProcPath: t.TempDir()}) != Public {
		t.Skip("SKIPPED: this system hides the processes of others")
	}
	for name, put := range map[string]func(path string) error{
		"FIFO":      func(path string) error { return unix.Mkfifo(path, 0o600) },
		"directory": func(path string) error { return os.Mkdir(path, 0o700) },
		"loop":      func(path string) error { return os.Symlink("mountinfo", path) },
		"empty":     func(path string) error { return os.WriteFile(path, nil, 0o600) },
		"device":    func(path string) error { return os.Symlink(os.DevNull, path) },
	} {
		t.Run(name, func(t *testing.T) {
			root := t.TempDir()
			if err := os.Mkdir(filepath.Join(root, "1"), 0o700); err != nil {
				t.Fatal(err)
			}
			if err := put(filepath.Join(root, "1/mountinfo")); err != nil {
				t.Fatal(err)
			}
			if !HidesProcesses(Config{ProcPath: root}) {
				t.Error("others see processes")
			}
		})
	}
}
