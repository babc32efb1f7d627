package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"sync"
	"syscall"
	"time"
)

// answer is what one probe saw. A refusal is a packet that came back, a timeout is that none did; whatever else keeps a
// probe from being made says nothing of the network between the two.
type answer struct {
	Target   string  `json:"target"`
	Answer   string  `json:"answer"`
	Obstacle string  `json:"obstacle,omitempty"`
	TookMs   float64 `json:"tookMs"`
	Evidence string  `json:"evidence"`
}

const (
	connected = "connected"
	timedOut  = "timed out"
	refused   = "refused"
	notProbed = "could not probe"
)

// ask sends all probes at the same time, so that the silence of one costs the others nothing.
func ask(texts []string, timeout time.Duration, out io.Writer) error {
	targets, err := parseTargets(texts)
	if err != nil {
		return err
	}
	names := newResolver()
	answers := make([]answer, len(targets))
	var waiting sync.WaitGroup
	for i, each := range targets {
		waiting.Go(func() {
			started := time.Now()
			answers[i] = probe(each, timeout, names)
			answers[i].Target = texts[i]
			answers[i].TookMs = float64(time.Since(started).Microseconds()) / 1000
		})
	}
	waiting.Wait()
	encoder := json.NewEncoder(out)
	for _, each := range answers {
		if err := encoder.Encode(each); err != nil {
			return err
		}
	}
	return nil
}

func probe(t target, timeout time.Duration, names *resolver) answer {
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	address, err := names.lookup(ctx, t.host)
	if err != nil {
		return answer{Answer: notProbed, Obstacle: "name not resolved", Evidence: err.Error()}
	}
	// The name's time is not the target's.
	ctx, cancel = context.WithTimeout(context.Background(), timeout)
	defer cancel()
	switch t.protocol {
	case "tcp":
		return askTCP(ctx, address, t.port)
	case "udp":
		return askUDP(ctx, address, t.port, names.domain)
	default:
		return askSCTP(address, t.port, timeout)
	}
}

func askTCP(ctx context.Context, address string, port int) answer {
	var dialer net.Dialer
	connection, err := dialer.DialContext(ctx, "tcp", net.JoinHostPort(address, strconv.Itoa(port)))
	if err != nil {
		return failure(err)
	}
	defer connection.Close()
	return answer{Answer: connected, Evidence: fmt.Sprintf("%s to %s", connection.LocalAddr(), connection.RemoteAddr())}
}

// askUDP asks as of DNS, which real name servers answer as well as `serve`, and asks again: a datagram may get lost.
func askUDP(ctx context.Context, address string, port int, domain string) answer {
	var dialer net.Dialer
	connection, err := dialer.DialContext(ctx, "udp", net.JoinHostPort(address, strconv.Itoa(port)))
	if err != nil {
		return failure(err)
	}
	defer connection.Close()
	query := question("kubernetes.default.svc." + domain)
	buffer := make([]byte, 1500)
	for sent := 1; ; sent++ {
		if _, err := connection.Write(query); err != nil {
			return failure(err)
		}
		if err := connection.SetReadDeadline(time.Now().Add(400 * time.Millisecond)); err != nil {
			return failure(err)
		}
		size, err := connection.Read(buffer)
		if err == nil {
			return answer{Answer: connected, Evidence: fmt.Sprintf("%d bytes back from %s", size, connection.RemoteAddr())}
		}
		if !isTimeout(err) {
			return failure(err)
		}
		if ctx.Err() != nil {
			return answer{Answer: timedOut, Evidence: fmt.Sprintf("no answer to %d datagrams", sent)}
		}
	}
}

func failure(err error) answer {
	switch {
	case errors.Is(err, syscall.ECONNREFUSED):
		return answer{Answer: refused, Evidence: err.Error()}
	case isTimeout(err):
		return answer{Answer: timedOut, Evidence: err.Error()}
	default:
		return answer{Answer: notProbed, Obstacle: "error", Evidence: err.Error()}
	}
}

func isTimeout(err error) bool {
	var network net.Error
	return errors.Is(err, context.DeadlineExceeded) || (errors.As(err, &network) && network.Timeout())
}
