package pki

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"net"
	"slices"
)

// Leaf says what a certificate is for. With Hosts it serves under those names and addresses; as a Client it speaks for
// the user named by Name with Groups.
type Leaf struct {
	Name   string
	Groups []string
	Hosts  []string
	Client bool
}

// Pair is a certificate with its key, both as PEM.
type Pair struct {
	Certificate, Key []byte
}

// Issue makes a key and a certificate for it.
func (a *Authority) Issue(leaf Leaf) (Pair, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return Pair{}, err
	}
	template, err := template(leaf.Name, leaf.Groups, key.Public())
	if err != nil {
		return Pair{}, err
	}
	template.KeyUsage = x509.KeyUsageDigitalSignature
	if leaf.Client {
		template.ExtKeyUsage = append(template.ExtKeyUsage, x509.ExtKeyUsageClientAuth)
	}
	if len(leaf.Hosts) > 0 {
		template.ExtKeyUsage = append(template.ExtKeyUsage, x509.ExtKeyUsageServerAuth)
	}
	for _, host := range slices.Compact(slices.Sorted(slices.Values(leaf.Hosts))) {
		if address := net.ParseIP(host); address != nil {
			template.IPAddresses = append(template.IPAddresses, address)
		} else {
			template.DNSNames = append(template.DNSNames, host)
		}
	}
	certificate, err := sign(template, a.Certificate, key.Public(), a.Key)
	if err != nil {
		return Pair{}, err
	}
	return encode(certificate, key)
}
