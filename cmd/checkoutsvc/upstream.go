package main

import (
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/checkoutsvc/checkoutsvc/internal/tokens"
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

// oneToken is the token of a service that has a single one: from the file if one is named, else from the environment.
func oneToken(file string, env func(string) (string, bool), tell func(error)) (*tokens.Source, error) {
	if file != "" {
		source, err := tokens.FromFile(file, tell)
		if err != nil {
			return nil, fmt.Errorf("--polar-token-file: %w", err)
		}
		return source, nil
	}
	token, _ := env("POLAR_ACCESS_TOKEN")
	if strings.TrimSpace(token) == "" {
		return nil, usageError{errors.New("no Polar token: set POLAR_ACCESS_TOKEN or --polar-token-file, or let callers bring their own with --credentials=caller")}
	}
	source, err := tokens.Fixed(token)
	if err != nil {
		return nil, usageError{fmt.Errorf("POLAR_ACCESS_TOKEN: %w", err)}
	}
	return source, nil
}
