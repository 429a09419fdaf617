package main

import (
	"context"
	"log/slog"
	"strings"
)

// takeLibraryLog leads what libraries write to the standard logger into ours.
func takeLibraryLog(logger *slog.Logger) {
	slog.SetDefault(slog.New(libraryLog{logger.Handler()}))
}

// libraryLog writes the lines of libraries as warnings, without what they quote: net/http shows the beginning of bytes
// that nobody asked for, and with a wrong Content-Length of Polar's these are the end of a checkout, secrets included.
type libraryLog struct{ slog.Handler }

// Enabled is whether warnings are logged.
func (l libraryLog) Enabled(ctx context.Context, _ slog.Level) bool {
	return l.Handler.Enabled(ctx, slog.LevelWarn)
}

// Handle takes one line.
func (l libraryLog) Handle(ctx context.Context, line slog.Record) error {
	text, _, _ := strings.Cut(line.Message, `"`)
	report := slog.NewRecord(line.Time, slog.LevelWarn, "a library reports", 0)
	report.AddAttrs(slog.String("text", strings.TrimSpace(text)))
	return l.Handler.Handle(ctx, report)
}
