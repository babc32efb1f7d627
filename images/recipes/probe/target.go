package main

import (
	"fmt"
	"strconv"
	"strings"
)

// target is `PROTOCOL/PORT` for whom to be, with `/HOST` behind it for whom to ask.
type target struct {
	protocol string
	port     int
	host     string
}

func parseTarget(text string) (target, error) {
	parts := strings.SplitN(text, "/", 3)
	if len(parts) < 2 || (parts[0] != "tcp" && parts[0] != "udp" && parts[0] != "sctp") {
		return target{}, fmt.Errorf("expected tcp, udp or sctp, a slash and a port, got %q", text)
	}
	port, err := strconv.ParseUint(parts[1], 10, 16)
	if err != nil || port == 0 {
		return target{}, fmt.Errorf("expected a port in %q", text)
	}
	parsed := target{protocol: parts[0], port: int(port)}
	if len(parts) == 3 {
		parsed.host = parts[2]
	}
	return parsed, nil
}

func parseTargets(texts []string) ([]target, error) {
	targets := make([]target, 0, len(texts))
	for _, text := range texts {
		parsed, err := parseTarget(text)
		if err != nil {
			return nil, err
		}
		targets = append(targets, parsed)
	}
	return targets, nil
}
