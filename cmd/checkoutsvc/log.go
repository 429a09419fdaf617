package main

import (
	"context"
	"io"
	"log/slog"
	"os"
	"time"

	"go.uber.org/zap/zapcore"
)

const (
	// accessLines are written together, this many bytes or after this time at the latest: a write for each of them is a
	// tenth of what a read costs altogether.
	accessLinesSize  = 32 << 10
	accessLinesDelay = 100 * time.Millisecond
)

// newLogger writes text for a person at a terminal and JSON for everything else. Lines of calls that went well may
// come a moment later; what an operator must see comes at once, with all before it. Close writes what is left.
func newLogger(w io.Writer, level slog.Level) (logger *slog.Logger, closeLog func()) {
	options := &slog.HandlerOptions{Level: level}
	if file, ok := w.(*os.File); ok {
		if info, err := file.Stat(); err == nil && info.Mode()&os.ModeCharDevice != 0 {
			return slog.New(slog.NewTextHandler(w, options)), func() {}
		}
	}
	buffer := &zapcore.BufferedWriteSyncer{WS: zapcore.AddSync(w), Size: accessLinesSize, FlushInterval: accessLinesDelay}
	return slog.New(prompt{slog.NewJSONHandler(buffer, options), buffer}), func() { _ = buffer.Stop() }
}

// prompt is a handler that lets only lines of calls wait in its buffer.
type prompt struct {
	slog.Handler
	buffer *zapcore.BufferedWriteSyncer
}

// Handle takes one line.
func (p prompt) Handle(ctx context.Context, line slog.Record) error {
	err := p.Handler.Handle(ctx, line)
	if line.Level > slog.LevelInfo || line.Message != "call" {
		_ = p.buffer.Sync()
	}
	return err
}

// WithAttrs gives a handler on the same buffer.
func (p prompt) WithAttrs(attrs []slog.Attr) slog.Handler {
	return prompt{p.Handler.WithAttrs(attrs), p.buffer}
}

// WithGroup gives a handler on the same buffer.
func (p prompt) WithGroup(name string) slog.Handler {
	return prompt{p.Handler.WithGroup(name), p.buffer}
}
