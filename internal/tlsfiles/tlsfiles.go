// Package tlsfiles serves TLS with a certificate, a key and clients' authorities from files that may be rotated under it.
package tlsfiles

import (
	"crypto/tls"
	"errors"
	"fmt"
	"os"
	"sync/atomic"
	"time"

	"github.com/checkoutsvc/checkoutsvc/internal/filewatch"
	"github.com/checkoutsvc/checkoutsvc/internal/pemfile"
)

// Config names the files, all PEM.
type Config struct {
	// Certificate is the server's certificate, followed by those that lead to its authority.
	Certificate string
	// Key is the certificate's private key.
	Key string
	// ClientCA has the authorities of clients' certificates; "": clients are not asked for one.
	ClientCA string
	// RequireClient refuses clients without a certificate while they connect. Else those come in, and authenticate otherwise.
	RequireClient bool
	// Tell is told once when the files cannot be used any more, and of nil when they can again. What was read before stays in use meanwhile.
	Tell func(error)
}

// Files are the files in use.
type Files struct {
	config  Config
	current atomic.Pointer[reading]
	watch   *filewatch.Watch
}

// reading is one reading of all files: a certificate never meets another one's key.
type reading struct {
	server   *tls.Config
	notAfter time.Time
}

// Open reads the files, and reads them again whenever they change.
func Open(config Config) (*Files, error) {
	switch {
	case config.Certificate == "" || config.Key == "":
		return nil, errors.New("TLS needs both a certificate and its key")
	case config.RequireClient && config.ClientCA == "":
		return nil, errors.New("clients' certificates cannot be required without the authorities that sign them")
	}
	if config.Tell == nil {
		config.Tell = func(error) {}
	}
	f := &Files{config: config}
	names := []string{config.Certificate, config.Key}
	if config.ClientCA != "" {
		names = append(names, config.ClientCA)
	}
	var err error
	f.watch, err = filewatch.Start(names, f.load, config.Tell)
	if err != nil {
		return nil, err
	}
	return f, nil
}

// ServerConfig is TLS 1.2 and later with the files as they are when a client connects. nextProtos are the protocols to offer, the best first:
// "h2" for gRPC, "h2" and "http/1.1" for REST. Connections that stand keep what they began with, and no session is resumed that authorities
// taken out since had vouched for (crypto/tls sees to it).
func (f *Files) ServerConfig(nextProtos ...string) *tls.Config {
	perReading := func(*tls.ClientHelloInfo) (*tls.Config, error) {
		config := f.current.Load().server.Clone()
		config.NextProtos = nextProtos
		return config, nil
	}
	return &tls.Config{MinVersion: tls.VersionTLS12, NextProtos: nextProtos, GetConfigForClient: perReading}
}

// NotAfter is when the server's certificate in use expires.
func (f *Files) NotAfter() time.Time { return f.current.Load().notAfter }

// Problem says why the files as they are now are not in use; "" where they are.
func (f *Files) Problem() string { return f.watch.Problem() }

// Close ends the watch over the files; what was read stays in use.
func (f *Files) Close() { f.watch.Close() }

func (f *Files) load() error {
	certificate, err := tls.LoadX509KeyPair(f.config.Certificate, f.config.Key)
	if err != nil {
		return fmt.Errorf("%s with %s: %w", f.config.Certificate, f.config.Key, err)
	}
	if err := whole(f.config.Certificate); err != nil {
		return err
	}
	read := &reading{
		server:   &tls.Config{MinVersion: tls.VersionTLS12, Certificates: []tls.Certificate{certificate}},
		notAfter: certificate.Leaf.NotAfter,
	}
	if time.Now().After(read.notAfter) { // clients would refuse it; an older one that still holds is better
		return fmt.Errorf("%s has expired on %s", f.config.Certificate, read.notAfter.UTC().Format(time.DateOnly))
	}
	if f.config.ClientCA != "" {
		if read.server.ClientCAs, err = pemfile.Authorities(f.config.ClientCA); err != nil {
			return err
		}
		read.server.ClientAuth = tls.VerifyClientCertIfGiven
		if f.config.RequireClient {
			read.server.ClientAuth = tls.RequireAndVerifyClientCert
		}
	}
	f.current.Store(read)
	return nil
}

// whole refuses a file whose chain has lost a certificate: only clients would notice.
func whole(file string) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	if _, err := pemfile.Certificates(text); err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	return nil
}
