// Command protodeps writes the .proto files of others that ours import, and those of the status details that clients
// decode, into a folder. It prints them from the descriptors that are linked into the Go packages of go.mod: their
// versions are those of go.sum, and no registry of protos is needed. Only their comments are lost.
//
// Usage: go run ./tools/protodeps [-out third_party/proto]
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"

	"github.com/jhump/protoreflect/v2/protoprint"
	_ "google.golang.org/genproto/googleapis/api/annotations" // links the descriptors of google/api
	_ "google.golang.org/genproto/googleapis/rpc/errdetails"  // links google/rpc/error_details.proto
	_ "google.golang.org/genproto/googleapis/rpc/status"      // links google/rpc/status.proto
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
)

// roots are the files wanted; what they import comes along.
var roots = []string{
	"google/api/annotations.proto",
	"google/api/field_behavior.proto",
	"google/rpc/error_details.proto",
	"google/rpc/status.proto",
}

func main() {
	out := flag.String("out", "third_party/proto", "folder to write into")
	flag.Parse()
	if err := run(*out); err != nil {
		fmt.Fprintln(os.Stderr, "protodeps:", err)
		os.Exit(1)
	}
}

func run(out string) error {
	files, err := closure(roots)
	if err != nil {
		return err
	}
	for _, file := range files {
		if err := write(out, file); err != nil {
			return err
		}
	}
	return nil
}

// closure finds the roots and everything they import, but for google/protobuf, which every compiler has.
func closure(roots []string) ([]protoreflect.FileDescriptor, error) {
	var files []protoreflect.FileDescriptor
	seen := map[string]bool{}
	for pending := roots; len(pending) > 0; {
		path := pending[0]
		pending = pending[1:]
		if seen[path] || filepath.Dir(path) == "google/protobuf" {
			continue
		}
		seen[path] = true
		file, err := protoregistry.GlobalFiles.FindFileByPath(path)
		if err != nil {
			return nil, fmt.Errorf("%s is not linked in: %w", path, err)
		}
		files = append(files, file)
		for i := range file.Imports().Len() {
			pending = append(pending, file.Imports().Get(i).Path())
		}
	}
	return files, nil
}

func write(out string, file protoreflect.FileDescriptor) error {
	path := filepath.Join(out, filepath.FromSlash(file.Path()))
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	printer := protoprint.Printer{}
	text, err := printer.PrintProtoToString(file)
	if err != nil {
		return fmt.Errorf("%s: %w", file.Path(), err)
	}
	return os.WriteFile(path, []byte(text), 0o644)
}
