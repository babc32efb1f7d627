package host

import (
	"context"
	"errors"
	"io"
	"net"
	"net/netip"
	"time"
)

const (
	dnsPort        = 53
	upstreamAnswer = 5 * time.Second
	// Larger than any answer over UDP, also with EDNS.
	datagram = 65_535
)

// ForwardDNS answers on the node's address what the name server on its loopback says, so that the cluster's DNS can
// ask it. It listens at once and serves until the context ends.
func ForwardDNS(ctx context.Context, listen, upstream netip.Addr) error {
	udp, err := net.ListenUDP("udp", net.UDPAddrFromAddrPort(netip.AddrPortFrom(listen, dnsPort)))
	if err != nil {
		return err
	}
	tcp, err := net.ListenTCP("tcp", net.TCPAddrFromAddrPort(netip.AddrPortFrom(listen, dnsPort)))
	if err != nil {
		return errors.Join(err, udp.Close())
	}
	context.AfterFunc(ctx, func() {
		_ = udp.Close()
		_ = tcp.Close()
	})
	target := netip.AddrPortFrom(upstream, dnsPort)
	go serveUDP(udp, target)
	go serveTCP(tcp, target)
	return nil
}

func serveUDP(socket *net.UDPConn, upstream netip.AddrPort) {
	for {
		query := make([]byte, datagram)
		size, from, err := socket.ReadFromUDPAddrPort(query)
		if err != nil {
			return // Closed: the node stops.
		}
		go func() {
			if answer, err := ask(upstream, query[:size]); err == nil {
				// Whoever asked asks again when an answer is lost: that is UDP.
				_, _ = socket.WriteToUDPAddrPort(answer, from)
			}
		}()
	}
}

func ask(upstream netip.AddrPort, query []byte) ([]byte, error) {
	connection, err := net.DialUDP("udp", nil, net.UDPAddrFromAddrPort(upstream))
	if err != nil {
		return nil, err
	}
	defer connection.Close()
	if err := connection.SetDeadline(time.Now().Add(upstreamAnswer)); err != nil {
		return nil, err
	}
	if _, err := connection.Write(query); err != nil {
		return nil, err
	}
	answer := make([]byte, datagram)
	size, err := connection.Read(answer)
	return answer[:size], err
}

func serveTCP(listener *net.TCPListener, upstream netip.AddrPort) {
	for {
		client, err := listener.AcceptTCP()
		if err != nil {
			return // Closed: the node stops.
		}
		go func() {
			defer client.Close()
			server, err := net.DialTCP("tcp", nil, net.TCPAddrFromAddrPort(upstream))
			if err != nil {
				return
			}
			defer server.Close()
			go func() {
				_, _ = io.Copy(server, client)
				_ = server.CloseWrite()
			}()
			_, _ = io.Copy(client, server)
		}()
	}
}
