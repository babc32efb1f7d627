package main

import (
	"context"
	"errors"
	"net"
	"os"
	"strings"
	"sync"
	"time"
)

const attempt = time.Second

// resolver asks the pod's own name server, once for each name.
type resolver struct {
	// domain is the cluster's, as the pod's search list has it.
	domain string
	mutex  sync.Mutex
	names  map[string]func(context.Context) (string, error)
}

func newResolver() *resolver {
	return &resolver{domain: clusterDomain(), names: map[string]func(context.Context) (string, error){}}
}

func (r *resolver) lookup(ctx context.Context, host string) (string, error) {
	if net.ParseIP(host) != nil {
		return host, nil
	}
	r.mutex.Lock()
	once, known := r.names[host]
	if !known {
		once = r.once(host)
		r.names[host] = once
	}
	r.mutex.Unlock()
	return once(ctx)
}

func (r *resolver) once(host string) func(context.Context) (string, error) {
	var once sync.Once
	var address string
	var err error
	return func(ctx context.Context) (string, error) {
		once.Do(func() { address, err = r.resolve(ctx, host) })
		return address, err
	}
}

// resolve asks for the full name: the search list would make one name several questions. Lost datagrams are sent again.
func (r *resolver) resolve(ctx context.Context, host string) (string, error) {
	name := host
	if strings.HasSuffix(name, ".svc") {
		name += "." + r.domain + "."
	}
	for {
		once, cancel := context.WithTimeout(ctx, attempt)
		addresses, err := net.DefaultResolver.LookupHost(once, name)
		cancel()
		if err == nil {
			return addresses[0], nil
		}
		var answered *net.DNSError
		if ctx.Err() != nil || (errors.As(err, &answered) && answered.IsNotFound) {
			return "", err
		}
	}
}

func clusterDomain() string {
	text, err := os.ReadFile("/etc/resolv.conf")
	if err == nil {
		for _, field := range strings.Fields(string(text)) {
			if domain, found := strings.CutPrefix(field, "svc."); found {
				return strings.TrimSuffix(domain, ".")
			}
		}
	}
	return "cluster.local"
}

// question is a DNS query for the IPv4 address of a name.
func question(name string) []byte {
	query := []byte{0x4d, 0x45, 0x01, 0x00, 0, 1, 0, 0, 0, 0, 0, 0}
	for label := range strings.SplitSeq(strings.TrimSuffix(name, "."), ".") {
		query = append(query, byte(len(label)))
		query = append(query, label...)
	}
	return append(query, 0, 0, 1, 0, 1)
}
