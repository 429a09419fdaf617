package main

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/bufbuild/protocompile"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"

	checkoutsv1 "github.com/checkoutsvc/checkoutsvc/gen/go/polar/checkouts/v1"
)

// comments are those of the .proto files by full name. The descriptors that are linked into Go packages have none.
type comments struct {
	text map[protoreflect.FullName]string
	used map[string]bool
}

func readComments(folder string) (*comments, error) {
	names, err := protoFiles(folder)
	if err != nil {
		return nil, err
	}
	linked := protocompile.ResolverFunc(func(path string) (protocompile.SearchResult, error) {
		file, err := protoregistry.GlobalFiles.FindFileByPath(path)
		return protocompile.SearchResult{Desc: file}, err
	})
	compiler := protocompile.Compiler{
		// Ours first: the linked descriptors of the same files lack the comments.
		Resolver:       protocompile.CompositeResolver{&protocompile.SourceResolver{ImportPaths: []string{folder}}, linked},
		SourceInfoMode: protocompile.SourceInfoStandard,
	}
	files, err := compiler.Compile(context.Background(), names...)
	if err != nil {
		return nil, fmt.Errorf("compile %s: %w", folder, err)
	}
	c := &comments{text: map[protoreflect.FullName]string{}, used: map[string]bool{}}
	for _, file := range files {
		c.collect(file)
	}
	return c, nil
}

func protoFiles(folder string) (names []string, err error) {
	err = fs.WalkDir(os.DirFS(folder), ".", func(path string, _ fs.DirEntry, err error) error {
		if filepath.Ext(path) == ".proto" {
			names = append(names, path)
		}
		return err
	})
	return names, err
}

func (c *comments) collect(file protoreflect.FileDescriptor) {
	add := func(d protoreflect.Descriptor) {
		c.text[d.FullName()] = paragraphs(file.SourceLocations().ByDescriptor(d).LeadingComments)
	}
	for i := range file.Services().Len() {
		service := file.Services().Get(i)
		add(service)
		for j := range service.Methods().Len() {
			add(service.Methods().Get(j))
		}
	}
	for i := range file.Enums().Len() {
		enum := file.Enums().Get(i)
		add(enum)
		for j := range enum.Values().Len() {
			add(enum.Values().Get(j))
		}
	}
	for i := range file.Messages().Len() {
		message := file.Messages().Get(i)
		add(message)
		for j := range message.Fields().Len() {
			add(message.Fields().Get(j))
		}
		for j := range message.Oneofs().Len() {
			add(message.Oneofs().Get(j))
		}
	}
}

// paragraphs joins the lines of a comment; an empty line stays as the end of a paragraph.
func paragraphs(comment string) string {
	parts := strings.Split(comment, "\n\n")
	for i, part := range parts {
		parts[i] = strings.Join(strings.Fields(part), " ")
	}
	return strings.TrimSpace(strings.Join(parts, "\n\n"))
}

// raw is a comment as it stands.
func (c *comments) raw(d protoreflect.Descriptor) string { return c.text[d.FullName()] }

// of is a comment in the words of the REST wire.
func (c *comments) of(d protoreflect.Descriptor) string {
	text := c.raw(d)
	for _, rule := range rules {
		if rule.find.MatchString(text) {
			c.used[rule.find.String()] = true
			text = rule.find.ReplaceAllString(text, rule.replace)
		}
	}
	return strings.TrimSpace(enumName.ReplaceAllStringFunc(text, jsonNameOfValue))
}

func (c *comments) unusedRules() (unused []string) {
	for _, rule := range rules {
		if !c.used[rule.find.String()] {
			unused = append(unused, rule.find.String())
		}
	}
	return unused
}

// rules turn what is said to gRPC callers into what is so in JSON.
var rules = []struct {
	find    *regexp.Regexp
	replace string
}{
	{regexp.MustCompile(` \(B [\d., ]+\)`), ""},
	{regexp.MustCompile(`; absent: unset`), "; may be absent"},
	{regexp.MustCompile(` ?Null is empty here\.`), ""},
	{regexp.MustCompile(`Null, which is empty here:`), "Null:"},
	{regexp.MustCompile(`to clear something, list it in the update mask and leave it unset(?: \("null" below\))?`), "to clear something, send null"},
	{regexp.MustCompile(`; listed in the update mask and empty clears them`), "; {} clears them"},
	{regexp.MustCompile(`What is left unset stays`), "What is not sent stays"},
	{regexp.MustCompile(`a field left unset is`), "a member left out is"},
	{regexp.MustCompile(` Unset for a type that this version does not know \(then in unmodelled_json\)\.`), ""},
	{regexp.MustCompile(`Cannot be cleared: null would keep the old price\.`), "Don't send null: it would keep the old price."},
	{regexp.MustCompile(` The fields shared with Checkout have the same numbers there\.`), ""},
	{regexp.MustCompile(`; where Polar leaves one out it is unset`), ""},
	{regexp.MustCompile(`\bUnset:`), "Absent:"},
	{regexp.MustCompile(`\bunset:`), "absent:"},
	{regexp.MustCompile(`\n\nBesides the errors named at each method, (?s:.*)$`), ""},
	{regexp.MustCompile(`\brequest_id\b`), "Idempotency-Key"},
	{regexp.MustCompile(` of the google\.rpc\.RetryInfo beside it`), ""},
	{regexp.MustCompile(`One must be set\.`), ""},
	{regexp.MustCompile(`^(?:[A-Z]+_?)+\. `), ""}, // the gRPC code of an error
}

// enumName finds the full name of an enum's value, or a status in capitals.
var enumName = regexp.MustCompile(`\b[A-Z]{2,}(?:_[A-Z]+)*\b`)

func jsonNameOfValue(name string) string {
	pkg := checkoutsv1.File_polar_checkouts_v1_checkout_proto.Package()
	for _, full := range []protoreflect.FullName{
		pkg.Append(protoreflect.Name(name)),
		pkg.Append(protoreflect.Name("CHECKOUT_STATUS_" + name)),
	} {
		if d, err := protoregistry.GlobalFiles.FindDescriptorByName(full); err == nil {
			if value, ok := d.(protoreflect.EnumValueDescriptor); ok {
				return "`" + enumJSON(value) + "`"
			}
		}
	}
	return name
}
