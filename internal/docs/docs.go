// Package docs serves the documentation of the REST facade: a page with a viewer, and the OpenAPI document that it
// shows. All of it comes out of the binary; the page's Content-Security-Policy lets a browser call no other host.
package docs

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	_ "embed" // the files that are served
	"encoding/base64"
	"io"
	"net/http"
	"strings"

	"github.com/checkoutsvc/checkoutsvc/gen/openapi"
)

var (
	//go:embed page/index.html
	index []byte
	//go:embed page/page.js
	script []byte
	//go:embed viewer/scalar.js.gz
	viewerGz []byte
)

// Serves reports whether Handler has an answer for a path, escaped as it came and below any prefix of the server's.
func Serves(path string) bool {
	switch path {
	case "/", "/openapi.json", "/docs/page.js", "/docs/viewer.js":
		return true
	}
	return false
}

// Handler serves the page at /, the document at /openapi.json and the page's two scripts below /docs/, to GET and HEAD.
// Its links are relative, so it can stand below a prefix that is stripped before it. It starts no goroutine and keeps
// nothing of any request.
func Handler() http.Handler {
	const javascript = "text/javascript; charset=utf-8"
	mux := http.NewServeMux()
	mux.Handle("GET /{$}", newFile("text/html; charset=utf-8", pack(index)))
	mux.Handle("GET /openapi.json", newFile("application/json", pack(openapi.Document)))
	mux.Handle("GET /docs/page.js", newFile(javascript, pack(script)))
	mux.Handle("GET /docs/viewer.js", newFile(javascript, viewerGz))
	return mux
}

// policy allows scripts and calls of this origin only. The viewer makes style elements and attributes, which it cannot
// mark; styles can load nothing from elsewhere either.
const policy = "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'unsafe-inline'; img-src 'self' data: blob:; " +
	"font-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// protect sets what every answer of this package has: a browser loads nothing from elsewhere, guesses no types and tells
// nobody where it was.
func protect(header http.Header) {
	header.Set("Content-Security-Policy", policy)
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Referrer-Policy", "no-referrer")
	header.Set("Cross-Origin-Opener-Policy", "same-origin")
}

// file is a text that is kept packed and sent so to whoever takes gzip.
type file struct {
	mediaType, tag string
	packed         []byte
}

func newFile(mediaType string, packed []byte) *file {
	sum := sha256.Sum256(packed)
	return &file{mediaType, `"` + base64.RawURLEncoding.EncodeToString(sum[:12]) + `"`, packed}
}

// ServeHTTP answers with the text, or with 304 if the caller has it. The tag is weak, being the same for both encodings.
func (f *file) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	header := w.Header()
	protect(header)
	header.Set("Etag", "W/"+f.tag)
	header.Set("Cache-Control", "no-cache") // ask each time: a new binary may have another text
	header.Set("Vary", "Accept-Encoding")
	if strings.Contains(r.Header.Get("If-None-Match"), f.tag) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	header.Set("Content-Type", f.mediaType)
	if takesGzip(r) {
		header.Set("Content-Encoding", "gzip")
		_, _ = w.Write(f.packed)
		return
	}
	_, _ = io.Copy(w, unpack(f.packed))
}

// takesGzip reads Accept-Encoding as far as needed: gzip is named and not refused with q=0.
func takesGzip(r *http.Request) bool {
	for coding := range strings.SplitSeq(r.Header.Get("Accept-Encoding"), ",") {
		name, weight, _ := strings.Cut(strings.ReplaceAll(coding, " ", ""), ";")
		if strings.EqualFold(name, "gzip") {
			return strings.Trim(strings.TrimPrefix(weight, "q="), "0.") != "" || weight == ""
		}
	}
	return false
}

// pack compresses a text. Writing to memory cannot fail.
func pack(text []byte) []byte {
	var packed bytes.Buffer
	writer, _ := gzip.NewWriterLevel(&packed, gzip.BestCompression)
	_, _ = writer.Write(text)
	_ = writer.Close()
	return packed.Bytes()
}

// unpack reads what pack or the viewer's script wrote, which is part of the binary and so whole.
func unpack(packed []byte) io.Reader {
	reader, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return strings.NewReader("")
	}
	return reader
}
