package filewatch_test

import (
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"github.com/checkoutsvc/checkoutsvc/internal/filewatch"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// loader holds what it read last, and fails on "broken".
type loader struct {
	path string

	mu    sync.Mutex
	text  string
	loads int
	told  []error
}

func (l *loader) load() error {
	text, err := os.ReadFile(l.path)
	if err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.loads++
	if string(text) == "broken" {
		return errors.New("it is broken")
	}
	l.text = string(text)
	return nil
}

func (l *loader) tell(err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.told = append(l.told, err)
}

func (l *loader) state() (text string, loads, told int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text, l.loads, len(l.told)
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// tick lets the watch look once.
func tick() {
	<-time.After(filewatch.Every + time.Millisecond)
	synctest.Wait()
}

func TestFileIsLoadedWhenItChanges(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &loader{path: filepath.Join(t.TempDir(), "file")}
		write(t, l.path, "one")
		watch, err := filewatch.Start([]string{l.path}, l.load, l.tell)
		if err != nil {
			t.Fatal(err)
		}
		defer watch.Close()
		tick()
		tick()
		if text, loads, _ := l.state(); text != "one" || loads != 1 {
			t.Errorf("%q after %d loads of an unchanged file", text, loads)
		}
		write(t, l.path, "second")
		tick()
		if text, _, _ := l.state(); text != "second" {
			t.Errorf("%q", text)
		}
	})
}

func TestBrokenFileIsToldOnceAndTriedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &loader{path: filepath.Join(t.TempDir(), "file")}
		write(t, l.path, "good")
		watch, err := filewatch.Start([]string{l.path}, l.load, l.tell)
		if err != nil {
			t.Fatal(err)
		}
		defer watch.Close()
		write(t, l.path, "broken")
		for range 3 {
			tick()
		}
		if text, loads, told := l.state(); text != "good" || loads != 4 || told != 1 || watch.Problem() != "it is broken" {
			t.Errorf("%q, %d loads, told %d times, problem %q", text, loads, told, watch.Problem())
		}
		if err := os.Remove(l.path); err != nil {
			t.Fatal(err)
		}
		tick()
		if _, _, told := l.state(); told != 2 {
			t.Error("another trouble was not told")
		}
		write(t, l.path, "good again")
		tick()
		if text, _, told := l.state(); text != "good again" || watch.Problem() != "" || told != 3 || l.told[2] != nil {
			t.Errorf("%q, problem %q, told of %v", text, watch.Problem(), l.told)
		}
	})
}

// TestFilesThatAFileNames are watched too, and no longer once it names others.
func TestFilesThatAFileNames(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		list := &loader{path: filepath.Join(t.TempDir(), "list")}
		named, other := filepath.Join(filepath.Dir(list.path), "named"), filepath.Join(filepath.Dir(list.path), "other")
		write(t, list.path, named)
		write(t, named, "one")
		files := func() []string {
			text, _, _ := list.state()
			return []string{list.path, text}
		}
		watch, err := filewatch.StartList(files, list.load, list.tell)
		if err != nil {
			t.Fatal(err)
		}
		defer watch.Close()
		loadsOnce := func(about string, want int) {
			t.Helper()
			_, before, _ := list.state()
			tick()
			tick()
			if _, after, _ := list.state(); after-before != want {
				t.Errorf("%s: %d loads, want %d", about, after-before, want)
			}
		}
		loadsOnce("named for the first time", 1)
		write(t, named, "three")
		loadsOnce("a named file changed", 1)
		write(t, list.path, other)
		loadsOnce("another is named, and is not there", 2)
		write(t, named, "seven")
		loadsOnce("no longer named", 0)
		write(t, other, "x")
		loadsOnce("the other is there", 1)
	})
}

// TestKubernetesSecret: the file is a link through a directory link, and only the latter moves.
func TestKubernetesSecret(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dir := t.TempDir()
		for version, text := range map[string]string{"..v1": "aaa", "..v2": "bbb"} {
			if err := os.Mkdir(filepath.Join(dir, version), 0o700); err != nil {
				t.Fatal(err)
			}
			write(t, filepath.Join(dir, version, "file"), text)
			if err := os.Chtimes(filepath.Join(dir, version, "file"), time.Time{}, time.Unix(1e9, 0)); err != nil {
				t.Fatal(err)
			}
		}
		link(t, "..v1", filepath.Join(dir, "..data"))
		l := &loader{path: filepath.Join(dir, "file")}
		link(t, filepath.Join("..data", "file"), l.path)
		watch, err := filewatch.Start([]string{l.path}, l.load, l.tell)
		if err != nil {
			t.Fatal(err)
		}
		defer watch.Close()
		link(t, "..v2", filepath.Join(dir, "..next"))
		if err := os.Rename(filepath.Join(dir, "..next"), filepath.Join(dir, "..data")); err != nil {
			t.Fatal(err)
		}
		tick()
		if text, _, _ := l.state(); text != "bbb" {
			t.Errorf("%q: a file of the same size and time was not taken", text)
		}
	})
}

func link(t *testing.T, to, from string) {
	t.Helper()
	if err := os.Symlink(to, from); err != nil {
		t.Fatal(err)
	}
}

func TestFirstLoadMustSucceed(t *testing.T) {
	l := &loader{path: filepath.Join(t.TempDir(), "missing")}
	if _, err := filewatch.Start([]string{l.path}, l.load, l.tell); !errors.Is(err, os.ErrNotExist) {
		t.Error(err)
	}
}
