package main

import (
	"fmt"
	"net"
	"syscall"
	"time"
)

func sctpSocket() (int, error) {
	return syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, syscall.IPPROTO_SCTP)
}

func socketAddress(address string, port int) (*syscall.SockaddrInet4, error) {
	ip := net.ParseIP(address).To4()
	if ip == nil {
		return nil, fmt.Errorf("expected an IPv4 address, got %q", address)
	}
	return &syscall.SockaddrInet4{Port: port, Addr: [4]byte(ip)}, nil
}

func askSCTP(address string, port int, timeout time.Duration) answer {
	socket, err := sctpSocket()
	if err != nil {
		return failure(err)
	}
	defer syscall.Close(socket)
	limit := syscall.NsecToTimeval(timeout.Nanoseconds())
	if err := syscall.SetsockoptTimeval(socket, syscall.SOL_SOCKET, syscall.SO_SNDTIMEO, &limit); err != nil {
		return failure(err)
	}
	to, err := socketAddress(address, port)
	if err != nil {
		return failure(err)
	}
	switch err := syscall.Connect(socket, to); err {
	case nil:
		return answer{Answer: connected, Evidence: fmt.Sprintf("associated with %s:%d", address, port)}
	case syscall.EINPROGRESS, syscall.EAGAIN, syscall.ETIMEDOUT:
		return answer{Answer: timedOut, Evidence: err.Error()}
	default:
		return failure(err)
	}
}

func listenSCTP(port int) error {
	socket, err := sctpSocket()
	if err != nil {
		return err
	}
	if err := syscall.Bind(socket, &syscall.SockaddrInet4{Port: port}); err != nil {
		return err
	}
	if err := syscall.Listen(socket, 128); err != nil {
		return err
	}
	go func() {
		for {
			accepted, _, err := syscall.Accept(socket)
			if err != nil {
				return
			}
			syscall.Close(accepted)
		}
	}()
	return nil
}
