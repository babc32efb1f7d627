package pki

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

func encode(certificate *x509.Certificate, key crypto.Signer) (Pair, error) {
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return Pair{}, err
	}
	return Pair{
		Certificate: pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: certificate.Raw}),
		Key:         pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}),
	}, nil
}

// PEM is the authority's certificate.
func (a *Authority) PEM() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: a.Certificate.Raw})
}

// Write puts a pair beside each other as name.crt and name.key, the key for root alone.
func (p Pair) Write(folder, name string) error {
	if err := os.WriteFile(filepath.Join(folder, name+".crt"), p.Certificate, 0o644); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(folder, name+".key"), p.Key, 0o600)
}

// LoadOrCreateAuthority keeps an authority over a restart of the container: who trusted it before goes on trusting it.
func LoadOrCreateAuthority(folder, file, name string) (*Authority, error) {
	certificate, err := read(filepath.Join(folder, file+".crt"))
	if errors.Is(err, fs.ErrNotExist) {
		authority, err := NewAuthority(name)
		if err != nil {
			return nil, err
		}
		pair, err := encode(authority.Certificate, authority.Key)
		if err != nil {
			return nil, err
		}
		return authority, pair.Write(folder, file)
	}
	if err != nil {
		return nil, err
	}
	parsed, err := x509.ParseCertificate(certificate)
	if err != nil {
		return nil, err
	}
	key, err := readKey(filepath.Join(folder, file+".key"))
	return &Authority{Certificate: parsed, Key: key}, err
}

// LoadOrCreateSigningKey gives the file with the key that signs ServiceAccount tokens: RSA, as k3s has it, because not
// everyone who verifies those tokens knows elliptic curves.
func LoadOrCreateSigningKey(folder string) (string, error) {
	file := filepath.Join(folder, "service-account.key")
	if _, err := os.Stat(file); !errors.Is(err, fs.ErrNotExist) {
		return file, err
	}
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return "", err
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return "", err
	}
	return file, os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), 0o600)
}

func read(file string) ([]byte, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	block, _ := pem.Decode(text)
	if block == nil {
		return nil, fmt.Errorf("%s holds no PEM", file)
	}
	return block.Bytes, nil
}

func readKey(file string) (crypto.Signer, error) {
	der, err := read(file)
	if err != nil {
		return nil, err
	}
	key, err := x509.ParsePKCS8PrivateKey(der)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	signer, ok := key.(crypto.Signer)
	if !ok {
		return nil, fmt.Errorf("%s holds a key that can't sign", file)
	}
	return signer, nil
}
