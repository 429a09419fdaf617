package main

import (
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"
	"sync/atomic"
)

const (
	productionURL = "https://api.polar.sh"
	sandboxURL    = "https://sandbox-api.polar.sh"
	embedded      = "embedded"
)

const whichPolar = `--polar says which Polar to sell through and has no default:
  --polar=embedded     the built-in one: no account, no money; everything is forgotten at the end
  --polar=sandbox      Polar's sandbox
  --polar=production   Polar itself: real money
  --polar=URL          another base URL, such as http://127.0.0.1:8090`

// baseURL is the address that a value of --polar stands for; the embedded one has none yet.
func baseURL(polar string) (*url.URL, error) {
	switch polar {
	case "":
		return nil, usageError{errors.New(whichPolar)}
	case embedded:
		return &url.URL{Scheme: "http"}, nil
	case "production":
		polar = productionURL
	case "sandbox":
		polar = sandboxURL
	}
	base, err := url.Parse(polar)
	switch {
	case err != nil || base.Host == "" || base.Scheme != "http" && base.Scheme != "https":
		return nil, usageError{fmt.Errorf("--polar: not a base URL\n%s", whichPolar)}
	case base.User != nil || base.RawQuery != "" || base.Fragment != "":
		return nil, usageError{errors.New("--polar: a base URL has no user, query or fragment")}
	case base.Scheme == "http" && !isLoopback(base.Hostname()):
		return nil, usageError{fmt.Errorf("--polar: plain http would show the token to the network; use https://%s", base.Host)}
	}
	return base, nil
}

// tokenSource holds the service's Polar token; from a file it can be read again.
type tokenSource struct {
	file    string
	current atomic.Pointer[string]
}

// newTokenSource takes the token from the file if one is named, else from the environment.
func newTokenSource(file string, env func(string) (string, bool)) (*tokenSource, error) {
	source := &tokenSource{file: file}
	if file != "" {
		token, err := readToken(file)
		if err != nil {
			return nil, fmt.Errorf("--polar-token-file: %w", err)
		}
		source.current.Store(&token)
		return source, nil
	}
	token, _ := env("POLAR_ACCESS_TOKEN")
	token = strings.TrimSpace(token)
	if token == "" {
		return nil, usageError{errors.New("no Polar token: set POLAR_ACCESS_TOKEN or --polar-token-file, or let callers bring their own with --credentials=caller")}
	}
	if err := checkToken(token); err != nil {
		return nil, usageError{fmt.Errorf("POLAR_ACCESS_TOKEN: %w", err)}
	}
	source.current.Store(&token)
	return source, nil
}

// Token is the token to use now.
func (s *tokenSource) Token() string { return *s.current.Load() }

// Refresh reads the file again and reports whether another token is in it. What cannot be read changes nothing.
func (s *tokenSource) Refresh() bool {
	if s.file == "" {
		return false
	}
	token, err := readToken(s.file)
	if err != nil || token == s.Token() {
		return false
	}
	s.current.Store(&token)
	return true
}

func readToken(file string) (string, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return "", err
	}
	token := strings.TrimSpace(string(data))
	if token == "" {
		return "", fmt.Errorf("%s is empty", file)
	}
	if err := checkToken(token); err != nil {
		return "", fmt.Errorf("%s: %w", file, err)
	}
	return token, nil
}

// checkToken refuses what no header can carry, without quoting it.
func checkToken(token string) error {
	for _, r := range token {
		if r <= ' ' || r > '~' {
			return errors.New("the token has a character that no token has; is there more than one line?")
		}
	}
	return nil
}
