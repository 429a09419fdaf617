// Package filewatch loads files again when they change, and keeps what was loaded before when the new ones are broken.
package filewatch

import (
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// Every is how often the files are looked at.
const Every = time.Second

// Watch loads what stands in files, now and after each change, until Close.
//
// It looks instead of being told by the kernel: a Kubernetes secret is changed by moving a symbolic link two directories
// up, and network file systems tell nobody.
type Watch struct {
	files   func() []string
	load    func() error
	tell    func(error)
	seen    []os.FileInfo
	problem atomic.Pointer[string]
	stop    chan struct{}
	stopped sync.WaitGroup
	once    sync.Once
}

// Start calls load, whose error it returns, and calls it again whenever one of the files has changed. What goes wrong then is told,
// once, and load is tried until it succeeds, which is told as nil; load itself must leave in use what it loaded before.
func Start(files []string, load func() error, tell func(error)) (*Watch, error) {
	return StartList(func() []string { return files }, load, tell)
}

// StartList is Start for files that may be others after each load: those that one of them names. What load has named for the first
// time is loaded once more, so that no change is missed.
func StartList(files func() []string, load func() error, tell func(error)) (*Watch, error) {
	w := &Watch{files: files, load: load, tell: tell, stop: make(chan struct{})}
	w.seen = w.look()
	if err := load(); err != nil {
		return nil, err
	}
	w.stopped.Go(w.run)
	return w, nil
}

// Problem says why the files as they are now are not in use; "" where they are.
func (w *Watch) Problem() string {
	if problem := w.problem.Load(); problem != nil {
		return *problem
	}
	return ""
}

// Close ends the watch; it may be called more than once.
func (w *Watch) Close() {
	w.once.Do(func() { close(w.stop) })
	w.stopped.Wait()
}

func (w *Watch) run() {
	ticker := time.NewTicker(Every)
	defer ticker.Stop()
	for {
		select {
		case <-w.stop:
			return
		case <-ticker.C:
			w.check()
		}
	}
}

// check loads the files if they changed, or if they could not be loaded last time: a change of permissions shows nowhere else.
func (w *Watch) check() {
	now := w.look() // before loading: what changes meanwhile is then seen next time
	if slices.EqualFunc(now, w.seen, same) && w.Problem() == "" {
		return
	}
	w.seen = now
	before, after := w.Problem(), ""
	err := w.load()
	if err != nil {
		after = err.Error()
	}
	w.problem.Store(&after)
	if after != before {
		w.tell(err)
	}
}

// look describes each file, nil where there is none.
func (w *Watch) look() []os.FileInfo {
	files := w.files()
	all := make([]os.FileInfo, len(files))
	for i, file := range files {
		if info, err := os.Stat(file); err == nil {
			all[i] = info
		}
	}
	return all
}

func same(a, b os.FileInfo) bool {
	if a == nil || b == nil {
		return a == nil && b == nil
	}
	return os.SameFile(a, b) && a.ModTime().Equal(b.ModTime()) && a.Size() == b.Size()
}
