// Package tokens keeps the service's Polar tokens: one, or one for each organization. They come from files that may be
// rotated under it, and nothing of them gets into an error.
package tokens

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/checkoutsvc/checkoutsvc/internal/filewatch"
)

// Source is one token, read from a file or fixed.
type Source struct {
	file    string
	current atomic.Pointer[string]
	loading sync.Mutex
	watch   *filewatch.Watch // nil where there is no file, or others watch it
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

// FromFile reads the token from a file, whose path its errors name. The file is read again when it changes; then one that cannot be
// used keeps what was read before, and is told once, as is nil when it is good again.
func FromFile(file string, tell func(error)) (s *Source, err error) {
	s = &Source{file: file}
	s.watch, err = filewatch.Start([]string{file}, s.load, tell)
	if err != nil {
		return nil, err
	}
	return s, nil
}

// unwatched is FromFile for who watches the file.
func unwatched(file string) (*Source, error) {
	s := &Source{file: file}
	if err := s.load(); err != nil {
		return nil, err
	}
	return s, nil
}

func (s *Source) load() error {
	s.loading.Lock() // the newest reading is to be stored last
	defer s.loading.Unlock()
	token, err := read(s.file)
	if err != nil {
		return err
	}
	s.current.Store(&token)
	return nil
}

// Problem says why the file as it is now is not in use, "" where it is.
func (s *Source) Problem() string {
	if s.watch == nil {
		return ""
	}
	return s.watch.Problem()
}

// Close ends the watch over the file; what was read stays in use.
func (s *Source) Close() {
	if s.watch != nil {
		s.watch.Close()
	}
}

// Token is the token to use now.
func (s *Source) Token() string { return *s.current.Load() }

// Refresh reads the file again if the token is still the rejected one, and reports whether it is another now. What cannot be
// read changes nothing.
func (s *Source) Refresh(rejected string) bool {
	if s.file != "" && s.Token() == rejected {
		_ = s.load() // a file that cannot be read is the watch's to tell of
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
