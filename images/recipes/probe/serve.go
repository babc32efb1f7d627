package main

import (
	"errors"
	"fmt"
	"net"
	"os"
	"os/signal"
	"strconv"
	"syscall"
	"time"
)

// control is an abstract socket: it belongs to the network namespace, needs no file and goes with its process.
func control(name string) string { return "@meho-probe-" + name }

func serve(texts []string, name string, addresses []string, lifetime time.Duration) error {
	targets, err := parseTargets(texts)
	if err != nil {
		return err
	}
	for i, address := range addresses {
		if err := takeIn(address, i); err != nil {
			return fmt.Errorf("address %s: %w", address, err)
		}
	}
	for _, each := range targets {
		hosts := []string{""}
		if each.protocol == "udp" && len(addresses) > 0 {
			// A datagram's answer has to come from the address that was asked; one socket for all answers from the first.
			hosts = addresses
		}
		for _, host := range hosts {
			err := listen(each, host)
			if errors.Is(err, syscall.EADDRINUSE) {
				// Another probe in the same pod, as a rule; what counts is that the port is answered on.
				fmt.Printf("%s/%d is answered on already\n", each.protocol, each.port)
			} else if err != nil {
				return fmt.Errorf("%s/%d: %w", each.protocol, each.port, err)
			}
		}
	}
	ended := make(chan os.Signal, 1)
	signal.Notify(ended, syscall.SIGINT, syscall.SIGTERM)
	end, err := net.Listen("unix", control(name))
	if err != nil {
		return fmt.Errorf("another probe of that name serves here: %w", err)
	}
	told := make(chan struct{})
	go func() {
		if connection, err := end.Accept(); err == nil {
			close(told)
			connection.Close()
		}
	}()
	var over <-chan time.Time
	if lifetime > 0 {
		over = time.After(lifetime)
	}
	fmt.Println("serving")
	select {
	case <-ended:
	case <-told:
	case <-over:
	}
	return nil
}

// stop ends the `serve` of that name in this network namespace; that there is none is as good.
func stop(name string) error {
	connection, err := net.Dial("unix", control(name))
	if err != nil {
		return nil
	}
	return connection.Close()
}

func listen(t target, host string) error {
	address := net.JoinHostPort(host, strconv.Itoa(t.port))
	switch t.protocol {
	case "tcp":
		listener, err := net.Listen("tcp", address)
		if err != nil {
			return err
		}
		go accept(listener)
	case "udp":
		connection, err := net.ListenPacket("udp", address)
		if err != nil {
			return err
		}
		go answerAll(connection)
	default:
		// Whether the kernel has SCTP is told by `kernel`: that it hasn't keeps nothing else from being served.
		if err := listenSCTP(t.port); !errors.Is(err, syscall.EPROTONOSUPPORT) {
			return err
		}
	}
	return nil
}

// accept takes each connection and closes it once the other side has: that it was taken is the answer.
func accept(listener net.Listener) {
	for {
		connection, err := listener.Accept()
		if err != nil {
			return
		}
		go func() {
			defer connection.Close()
			_ = connection.SetReadDeadline(time.Now().Add(10 * time.Second))
			_, _ = connection.Read(make([]byte, 1))
		}()
	}
}

// answerAll sends each datagram back, marked as a DNS answer. An answer is never answered: two of us would not end.
func answerAll(connection net.PacketConn) {
	buffer := make([]byte, 1500)
	for {
		size, from, err := connection.ReadFrom(buffer)
		if err != nil {
			return
		}
		if size > 2 && buffer[2]&0x80 == 0 {
			buffer[2] |= 0x80
			_, _ = connection.WriteTo(buffer[:size], from)
		}
	}
}
