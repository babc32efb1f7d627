// Package pki makes the node's certificates: strict RFC 5280, for one cluster, gone with its container.
package pki

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"math/big"
	"time"
)

const validFor = 365 * 24 * time.Hour

// backdated lets a certificate pass where another machine's clock is a little behind.
const backdated = time.Hour

// Authority signs certificates.
type Authority struct {
	Certificate *x509.Certificate
	Key         crypto.Signer
}

// NewAuthority makes a self-signed root.
func NewAuthority(name string) (*Authority, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	template, err := template(name, nil, key.Public())
	if err != nil {
		return nil, err
	}
	template.IsCA = true
	template.KeyUsage = x509.KeyUsageCertSign | x509.KeyUsageCRLSign | x509.KeyUsageDigitalSignature
	// A verifier that is strict about identifiers wants the root's own as well.
	template.AuthorityKeyId = template.SubjectKeyId
	certificate, err := sign(template, template, key.Public(), key)
	return &Authority{Certificate: certificate, Key: key}, err
}

func template(name string, organizations []string, public crypto.PublicKey) (*x509.Certificate, error) {
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 127))
	if err != nil {
		return nil, err
	}
	encoded, err := x509.MarshalPKIXPublicKey(public)
	if err != nil {
		return nil, err
	}
	identifier := sha256.Sum256(encoded)
	now := time.Now()
	return &x509.Certificate{
		SerialNumber:          serial.Add(serial, big.NewInt(1)),
		Subject:               pkix.Name{CommonName: name, Organization: organizations},
		NotBefore:             now.Add(-backdated),
		NotAfter:              now.Add(validFor),
		SubjectKeyId:          identifier[:20],
		BasicConstraintsValid: true,
	}, nil
}

func sign(template, parent *x509.Certificate, public crypto.PublicKey, key crypto.Signer) (*x509.Certificate, error) {
	der, err := x509.CreateCertificate(rand.Reader, template, parent, public, key)
	if err != nil {
		return nil, fmt.Errorf("sign a certificate for %s: %w", template.Subject, err)
	}
	return x509.ParseCertificate(der)
}
