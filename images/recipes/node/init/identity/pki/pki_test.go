package pki

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"slices"
	"testing"
)

func issue(t *testing.T, authority *Authority, leaf Leaf) *x509.Certificate {
	t.Helper()
	pair, err := authority.Issue(leaf)
	if err != nil {
		t.Fatal(err)
	}
	loaded, err := tls.X509KeyPair(pair.Certificate, pair.Key)
	if err != nil {
		t.Fatal(err)
	}
	return loaded.Leaf
}

func authority(t *testing.T) *Authority {
	t.Helper()
	made, err := LoadOrCreateAuthority(t.TempDir(), "ca", "test")
	if err != nil {
		t.Fatal(err)
	}
	return made
}

func TestStrictAuthority(t *testing.T) {
	ca := authority(t).Certificate
	found := map[int]bool{}
	for _, extension := range ca.Extensions {
		if len(extension.Id) == 4 && extension.Id[0] == 2 && extension.Id[1] == 5 && extension.Id[2] == 29 && extension.Critical {
			found[extension.Id[3]] = true
		}
	}
	if !found[15] || !found[19] {
		t.Error("keyUsage and basicConstraints have to be critical")
	}
	if len(ca.SubjectKeyId) == 0 || !bytes.Equal(ca.SubjectKeyId, ca.AuthorityKeyId) {
		t.Error("the root lacks its identifiers")
	}
	if ca.SerialNumber.Sign() <= 0 || len(ca.SerialNumber.Bytes()) > 20 {
		t.Errorf("serial number %s", ca.SerialNumber)
	}
}

func TestServingCertificate(t *testing.T) {
	ca := authority(t)
	leaf := issue(t, ca, Leaf{Name: "kube-apiserver", Hosts: []string{"kubernetes", "127.0.0.1", "kubernetes"}})
	pool := x509.NewCertPool()
	pool.AddCert(ca.Certificate)
	for _, name := range []string{"kubernetes", "127.0.0.1"} {
		if _, err := leaf.Verify(x509.VerifyOptions{Roots: pool, DNSName: name}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := leaf.Verify(x509.VerifyOptions{Roots: pool, DNSName: "other"}); err == nil {
		t.Error("another name was accepted")
	}
	if _, err := leaf.Verify(x509.VerifyOptions{Roots: pool, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}}); err == nil {
		t.Error("a serving certificate passes as a client's")
	}
	if !bytes.Equal(leaf.AuthorityKeyId, ca.Certificate.SubjectKeyId) {
		t.Error("the leaf doesn't name its authority's key")
	}
}

func TestClientCertificate(t *testing.T) {
	leaf := issue(t, authority(t), Leaf{Name: "system:node:n", Groups: []string{"system:nodes"}, Client: true})
	if leaf.Subject.CommonName != "system:node:n" || !slices.Equal(leaf.Subject.Organization, []string{"system:nodes"}) {
		t.Errorf("subject %s", leaf.Subject)
	}
	if !slices.Equal(leaf.ExtKeyUsage, []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}) {
		t.Errorf("usages %v", leaf.ExtKeyUsage)
	}
}

func TestAuthorityIsKept(t *testing.T) {
	folder := t.TempDir()
	first, err := LoadOrCreateAuthority(folder, "ca", "test")
	if err != nil {
		t.Fatal(err)
	}
	second, err := LoadOrCreateAuthority(folder, "ca", "test")
	if err != nil {
		t.Fatal(err)
	}
	if !first.Certificate.Equal(second.Certificate) {
		t.Error("a restart made another authority")
	}
	pool := x509.NewCertPool()
	pool.AddCert(first.Certificate)
	leaf := issue(t, second, Leaf{Name: "x", Hosts: []string{"x"}})
	if _, err := leaf.Verify(x509.VerifyOptions{Roots: pool, DNSName: "x"}); err != nil {
		t.Error(err)
	}
}
