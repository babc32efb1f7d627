package main

import (
	"fmt"
	"net"
	"syscall"
	"unsafe"
)

// takeIn gives the loopback device an address more, under a label of its own.
func takeIn(address string, index int) error {
	ip := net.ParseIP(address).To4()
	if ip == nil {
		return fmt.Errorf("expected an IPv4 address")
	}
	socket, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_DGRAM|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer syscall.Close(socket)
	// struct ifreq: 16 bytes of name, then a socket address.
	var request [40]byte
	copy(request[:15], fmt.Sprintf("lo:%d", index+1))
	set := func(operation uintptr, value net.IP) error {
		*(*uint16)(unsafe.Pointer(&request[16])) = syscall.AF_INET
		copy(request[20:24], value)
		_, _, number := syscall.Syscall(syscall.SYS_IOCTL, uintptr(socket), operation, uintptr(unsafe.Pointer(&request)))
		if number != 0 {
			return number
		}
		return nil
	}
	if err := set(syscall.SIOCSIFADDR, ip); err != nil {
		return err
	}
	return set(syscall.SIOCSIFNETMASK, net.IPv4(255, 255, 255, 255).To4())
}
