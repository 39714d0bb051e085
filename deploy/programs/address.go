package programs

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"strconv"
)

// FreeAddress returns HOST:PORT of loopback where nobody listens. The port is below those
// that Linux gives to outgoing connections (ip_local_port_range in ip(7)): one of these can be
// taken before the program listens on it.
func FreeAddress(ctx context.Context) (string, error) {
	const first, last, tries = 20_000, 32_767, 100
	var config net.ListenConfig
	for range tries {
		address := net.JoinHostPort("127.0.0.1", strconv.Itoa(first+rand.IntN(last-first+1)))
		listener, err := config.Listen(ctx, "tcp", address)
		if err != nil {
			continue
		}
		return address, listener.Close()
	}
	return "", fmt.Errorf("no free port among %d between %d and %d", tries, first, last)
}
