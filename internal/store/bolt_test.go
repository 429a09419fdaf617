package store_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	bolt "go.etcd.io/bbolt"

	"github.com/checkoutsvc/checkoutsvc/internal/store"
)

// writerFile tells the test binary to be the process that TestFileAfterKill kills.
const writerFile = "CHECKOUTSVC_TEST_WRITER_FILE"

func TestMain(m *testing.M) {
	if path := os.Getenv(writerFile); path != "" {
		fmt.Fprintln(os.Stderr, writeForever(path, os.Stdout))
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// writeForever says each number once it is stored.
func writeForever(path string, acknowledged io.Writer) error {
	s, err := store.OpenBolt(path)
	for i := 0; err == nil; i++ {
		number := strconv.Itoa(i)
		if _, err = s.CompareAndSwap(context.Background(), number, nil, []byte(number), time.Hour); err == nil {
			fmt.Fprintln(acknowledged, number)
		}
	}
	return err
}

func TestFileAfterKill(t *testing.T) {
	path := filepath.Join(t.TempDir(), "checkoutsvc.db")
	writer := exec.Command(os.Args[0])
	writer.Env = append(os.Environ(), writerFile+"="+path)
	writer.Stderr = os.Stderr
	stdout, err := writer.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := writer.Start(); err != nil {
		t.Fatal(err)
	}
	var said []string
	for lines := bufio.NewScanner(stdout); lines.Scan(); {
		if said = append(said, lines.Text()); len(said) == 50 {
			_ = writer.Process.Kill()
		}
	}
	_ = writer.Wait()
	if len(said) < 50 {
		t.Fatalf("the writer ended by itself after %d", len(said))
	}
	s := open(t, "file:"+path, store.Options{})
	for _, number := range said {
		if got := get(t, s, number); got != number {
			t.Fatalf("%s of %d was acknowledged, and is %q", number, len(said), got)
		}
	}
}

func TestFileReopened(t *testing.T) {
	spec := filePath(t)
	s := open(t, spec, store.Options{})
	swap(t, s, "kept", "", "v", time.Hour)
	swap(t, s, "for good", "", "v", 0)
	swap(t, s, "short", "", "v", time.Millisecond)
	waitUntilGone(t, s, "short")
	_ = s.Close()

	s = open(t, spec, store.Options{})
	if get(t, s, "kept") != "v" || get(t, s, "for good") != "v" || get(t, s, "short") != "" {
		t.Error("it is not as it was")
	}
}

func TestFileIsItsOwnersAlone(t *testing.T) {
	spec := filePath(t)
	path := strings.TrimPrefix(spec, "file:")
	for _, begun := range []string{"new", "made by others"} {
		_ = open(t, spec, store.Options{}).Close()
		info, err := os.Stat(path)
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: mode %v, %v", begun, info.Mode(), err)
		}
		if err := os.Chmod(path, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func TestFileInUse(t *testing.T) {
	spec := filePath(t)
	s := open(t, spec, store.Options{})
	_, err := store.Open(t.Context(), spec, store.Options{})
	wantOneLine(t, err, strings.TrimPrefix(spec, "file:")+" is in use by another process")
	_ = s.Close()
	open(t, spec, store.Options{})
}

func TestFileThatIsNoStore(t *testing.T) {
	path := writeFile(t, "letter.txt", []byte(strings.Repeat("Dear Sir or Madam, ", 1000)))
	_, err := store.Open(t.Context(), "file:"+path, store.Options{})
	wantOneLine(t, err, "is not a store, or is damaged")
	if content, _ := os.ReadFile(path); !strings.HasPrefix(string(content), "Dear Sir") {
		t.Error("and it was written to")
	}
}

// TestExpiredRecordsGo: what has expired takes no room for long, once others write.
func TestExpiredRecordsGo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "checkoutsvc.db")
		s, err := store.OpenBolt(path)
		if err != nil {
			t.Fatal(err)
		}
		for i := range 100 {
			swap(t, s, fmt.Sprint("old/", i), "", "v", time.Minute)
		}
		swap(t, s, "for good", "", "v", 0)
		synctestSleep(time.Minute)
		for i := range 20 {
			swap(t, s, fmt.Sprint("new/", i), "", "v", time.Minute)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		if n := recordsIn(t, path); n != 21 {
			t.Errorf("%d records lie in the file, 21 are alive", n)
		}
	})
}

func recordsIn(t *testing.T, path string) (n int) {
	t.Helper()
	db, err := bolt.Open(path, 0o600, &bolt.Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	_ = db.View(func(tx *bolt.Tx) error {
		n = tx.Bucket([]byte("records")).Stats().KeyN
		return nil
	})
	return n
}
