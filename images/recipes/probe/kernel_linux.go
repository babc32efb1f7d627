package main

import (
	"encoding/json"
	"io"
	"net"
	"syscall"
)

// kernel tells what this network namespace can do beside TCP and UDP over IPv4.
func kernel(out io.Writer) error {
	facts := struct {
		SCTP string   `json:"sctp"`
		IPv6 []string `json:"ipv6"`
	}{SCTP: "available", IPv6: []string{}}
	socket, err := sctpSocket()
	if err != nil {
		facts.SCTP = err.Error()
	} else {
		syscall.Close(socket)
	}
	addresses, err := net.InterfaceAddrs()
	if err != nil {
		return err
	}
	for _, each := range addresses {
		if block, ok := each.(*net.IPNet); ok && block.IP.To4() == nil && block.IP.IsGlobalUnicast() {
			facts.IPv6 = append(facts.IPv6, block.IP.String())
		}
	}
	return json.NewEncoder(out).Encode(facts)
}
