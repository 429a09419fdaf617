// Package tokens keeps the service's Polar tokens: one, or one for each organization. They come from files that may be
// rotated under it, and nothing of them gets into an error.
package tokens

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"sync/atomic"
)

// Source is one token, read from a file or fixed.
type Source struct {
	file    string
	current atomic.Pointer[string]
}

// Fixed is a token that never changes. Its error is for a text that no header can carry.
func Fixed(token string) (*Source, error) {
	token = strings.TrimSpace(token)
	if err := check(token); err != nil {
		return nil, err
	}
	s := &Source{}
	s.current.Store(&token)
	return s, nil
}

// FromFile reads the token from a file, whose path its errors name.
func FromFile(file string) (*Source, error) {
	token, err := read(file)
	if err != nil {
		return nil, err
	}
	s := &Source{file: file}
	s.current.Store(&token)
	return s, nil
}

// Token is the token to use now.
func (s *Source) Token() string { return *s.current.Load() }

// Refresh reads the file again if the token is still the rejected one, and reports whether it is another now. What cannot be
// read changes nothing.
func (s *Source) Refresh(rejected string) bool {
	if s.file != "" && s.Token() == rejected {
		if token, err := read(s.file); err == nil {
			s.current.Store(&token)
		}
	}
	return s.Token() != rejected
}

func read(file string) (string, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return "", err
	}
	token := strings.TrimSpace(string(data))
	if err := check(token); err != nil {
		return "", fmt.Errorf("%s: %w", file, err)
	}
	return token, nil
}

// check refuses what no header can carry, without quoting it.
func check(token string) error {
	if token == "" {
		return errors.New("the token is empty")
	}
	for _, r := range token {
		if r <= ' ' || r > '~' {
			return errors.New("the token has a character that no token has; is there more than one line?")
		}
	}
	return nil
}
