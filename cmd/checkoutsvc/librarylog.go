package main

import (
	"bytes"
	"log"
	"log/slog"
	"strings"
)

// takeLibraryLog leads what libraries write to the standard logger into ours.
func takeLibraryLog(logger *slog.Logger) {
	log.SetFlags(0)
	log.SetOutput(libraryLog{logger})
}

// libraryLog writes the lines of libraries without what they quote: net/http shows the beginning of bytes that nobody
// asked for, and with a wrong Content-Length of Polar's these are the end of a checkout, secrets included.
type libraryLog struct{ logger *slog.Logger }

// Write takes one line.
func (l libraryLog) Write(line []byte) (int, error) {
	text, _, _ := bytes.Cut(line, []byte{'"'})
	l.logger.Warn("a library reports", "text", strings.TrimSpace(string(text)))
	return len(line), nil
}
