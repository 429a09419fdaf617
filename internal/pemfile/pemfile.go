// Package pemfile reads certificates of which none may be lost: crypto/x509 passes over what it cannot read, so that half of a
// damaged file would count for all of it.
package pemfile

import (
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
)

const certificate = "CERTIFICATE"

// Certificates are those in text, at least one. Text between blocks is a comment, as ever in PEM. Blocks of other kinds, such as keys, are
// passed over if they are whole.
func Certificates(text []byte) (all []*x509.Certificate, err error) {
	blocks, err := decode(text)
	if err != nil {
		return nil, err
	}
	for i, block := range blocks {
		if block.Type != certificate {
			continue
		}
		one, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, fmt.Errorf("block %d is no certificate: %w", i+1, err)
		}
		all = append(all, one)
	}
	if len(all) == 0 {
		return nil, errors.New("has no certificate in PEM form")
	}
	return all, nil
}

// Authorities are the certificates in a file that has nothing else in it.
func Authorities(file string) (*x509.CertPool, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	all, err := Certificates(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	if n := bytes.Count(text, begin); n != len(all) {
		return nil, fmt.Errorf("%s: %d of its %d blocks are certificates; authorities need nothing else", file, len(all), n)
	}
	pool := x509.NewCertPool()
	for _, one := range all {
		pool.AddCert(one)
	}
	return pool, nil
}

var begin, end = []byte("-----BEGIN "), []byte("-----END ")

// decode refuses a text with a block that encoding/pem passes over.
func decode(text []byte) (blocks []*pem.Block, err error) {
	rest := text
	for {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			break
		}
		blocks = append(blocks, block)
	}
	if n := max(bytes.Count(text, begin), bytes.Count(text, end)); n != len(blocks) {
		return nil, fmt.Errorf("%d of its %d PEM blocks are damaged", n-len(blocks), n)
	}
	return blocks, nil
}
