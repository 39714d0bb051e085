//go:build linux

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
)

// trafficLoad is what a worker sends to itself over loopback.
type trafficLoad struct {
	what     string
	protocol string
	size     int
	count    int
}

// trafficLoads are those of which the cost is known to differ.
var trafficLoads = []trafficLoad{
	{"TCP, 64 KiB a write", "tcp", 64 << 10, 20_000},
	{"TCP, 200 bytes a write", "tcp", 200, 200_000},
	{"UDP, 200 bytes a datagram", "udp", 200, 100_000},
}

func (l *trafficLoad) String() string { return fmt.Sprintf("%s/%d/%d", l.protocol, l.size, l.count) }

// openTraffic returns a scanner that makes traffic, of a text as trafficLoad.String makes it.
func openTraffic(text string) (scanner, error) {
	fields := strings.Split(text, "/")
	if len(fields) != 3 {
		return nil, fmt.Errorf("worker: %q is no load", text)
	}
	size, err := strconv.Atoi(fields[1])
	if err != nil {
		return nil, fmt.Errorf("worker: size: %w", err)
	}
	count, err := strconv.Atoi(fields[2])
	if err != nil {
		return nil, fmt.Errorf("worker: count: %w", err)
	}
	if fields[0] == "udp" {
		return func(ctx context.Context) (int, error) { return count, sendDatagrams(ctx, size, count) }, nil
	}
	return func(ctx context.Context) (int, error) { return count, sendStream(ctx, size, count) }, nil
}

// sendStream writes while another thread reads.
func sendStream(ctx context.Context, size, count int) error {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp4", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("traffic: %w", err)
	}
	defer func() { _ = listener.Close() }()
	client, err := new(net.Dialer).DialContext(ctx, "tcp4", listener.Addr().String())
	if err != nil {
		return fmt.Errorf("traffic: %w", err)
	}
	server, err := listener.Accept()
	if err != nil {
		return errors.Join(fmt.Errorf("traffic: %w", err), client.Close())
	}
	received := make(chan error, 1)
	go func() {
		// As a reader alone: a connection would be read into buffers of another size.
		n, err := io.CopyBuffer(io.Discard, struct{ io.Reader }{server}, make([]byte, 64<<10))
		if want := int64(size) * int64(count); err == nil && n != want {
			err = fmt.Errorf("traffic: received %d bytes of %d", n, want)
		}
		received <- errors.Join(err, server.Close())
	}()
	buf := make([]byte, size)
	for range count {
		if _, err = client.Write(buf); err != nil {
			break
		}
	}
	return errors.Join(err, client.Close(), <-received)
}

// sendDatagrams reads each before it sends the next, so that none is dropped.
func sendDatagrams(ctx context.Context, size, count int) error {
	receiver, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		return fmt.Errorf("traffic: %w", err)
	}
	defer func() { _ = receiver.Close() }()
	sender, err := new(net.Dialer).DialContext(ctx, "udp4", receiver.LocalAddr().String())
	if err != nil {
		return fmt.Errorf("traffic: %w", err)
	}
	defer func() { _ = sender.Close() }()
	buf := make([]byte, size)
	for range count {
		if _, err := sender.Write(buf); err != nil {
			return fmt.Errorf("traffic: %w", err)
		}
		if _, err := receiver.Read(buf); err != nil {
			return fmt.Errorf("traffic: %w", err)
		}
	}
	return nil
}
