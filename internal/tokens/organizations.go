package tokens

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/checkoutsvc/checkoutsvc/internal/filewatch"
)

// Organizations are several organizations' tokens, from a file that is read again when it changes, or one that it names does:
//
//	{"organizations": [
//	  {"id": "8e6f2c1a-...", "token_file": "shop.token"},
//	  {"id": "f3b0a9d7-...", "token": "polar_oat_..."}
//	]}
//
// A token_file stands beside the file or at an absolute path, and may be rotated by itself.
type Organizations struct {
	path    string
	watch   *filewatch.Watch
	current atomic.Pointer[table]
	loading sync.Mutex
}

// table is one reading of the file.
type table struct {
	sources map[string]*Source
	only    string // the id, where there is one
}

// OpenOrganizations reads the file and those that it names. Afterwards one that cannot be read keeps what was read before of all, and is
// told once, as is nil when all are good again.
func OpenOrganizations(path string, tell func(error)) (o *Organizations, err error) {
	o = &Organizations{path: path}
	o.watch, err = filewatch.StartList(o.files, o.load, tell)
	if err != nil {
		return nil, err
	}
	return o, nil
}

// files are those in use, in an order that stays.
func (o *Organizations) files() []string {
	all := []string{o.path}
	if t := o.current.Load(); t != nil {
		for _, source := range t.sources {
			if source.file != "" {
				all = append(all, source.file)
			}
		}
	}
	slices.Sort(all)
	return all
}

// Close ends the watch over the files; what was read stays in use.
func (o *Organizations) Close() { o.watch.Close() }

// Select gives the organization that a caller means by wanted: that one, or with "" the only one there is. Its errors are
// ErrNoneSelected and ErrUnknown.
func (o *Organizations) Select(wanted string) (string, error) {
	t := o.current.Load()
	if wanted == "" {
		if t.only == "" {
			return "", ErrNoneSelected
		}
		return t.only, nil
	}
	if t.sources[wanted] == nil {
		return "", ErrUnknown
	}
	return wanted, nil
}

var (
	// ErrNoneSelected says that there are several organizations and none was named.
	ErrNoneSelected = errors.New("several organizations are served and none was selected")
	// ErrUnknown says that no token of that organization is here.
	ErrUnknown = errors.New("no such organization")
)

// Token is the organization's token now, "" where it has none any more: never another organization's.
func (o *Organizations) Token(organization string) string {
	if source := o.current.Load().sources[organization]; source != nil {
		return source.Token()
	}
	return ""
}

// Refresh reads the organization's token again if it is still the rejected one, and reports whether it is another now.
func (o *Organizations) Refresh(organization, rejected string) bool {
	if o.Token(organization) == rejected {
		_ = o.load() // a file that cannot be read is the watch's to tell of
	}
	source := o.current.Load().sources[organization]
	return source != nil && source.Refresh(rejected)
}

// Problem says why the files as they are now are not in use, "" where they are.
func (o *Organizations) Problem() string { return o.watch.Problem() }

// IDs are the organizations that are served.
func (o *Organizations) IDs() (ids []string) {
	for id := range o.current.Load().sources {
		ids = append(ids, id)
	}
	return ids
}

func (o *Organizations) load() error {
	o.loading.Lock() // the newest reading is to be stored last
	defer o.loading.Unlock()
	text, err := os.ReadFile(o.path)
	if err != nil {
		return err
	}
	t, err := parse(text, filepath.Dir(o.path))
	if err != nil {
		return fmt.Errorf("%s: %w", o.path, err)
	}
	o.current.Store(t)
	return nil
}

// entry is one organization in the file.
type entry struct {
	ID        string `json:"id"`
	Token     string `json:"token"`
	TokenFile string `json:"token_file"`
}

func parse(text []byte, dir string) (*table, error) {
	var file struct {
		Organizations []entry `json:"organizations"`
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&file); err != nil {
		return nil, unquoted(err)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("something follows the JSON object")
	}
	if len(file.Organizations) == 0 {
		return nil, errors.New(`"organizations" lists none`)
	}
	t := &table{sources: map[string]*Source{}}
	for i, e := range file.Organizations {
		source, err := e.source(dir)
		if err == nil && t.sources[e.ID] != nil {
			err = errors.New("the id stands there twice")
		}
		if err != nil {
			return nil, fmt.Errorf("organizations[%d] (%s): %w", i, cmp.Or(e.ID, "no id"), err)
		}
		t.sources[e.ID] = source
	}
	if len(file.Organizations) == 1 {
		t.only = file.Organizations[0].ID
	}
	return t, nil
}

// uuid is the form of Polar's ids.
var uuid = regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)

func (e *entry) source(dir string) (*Source, error) {
	switch {
	case !uuid.MatchString(e.ID):
		return nil, errors.New(`"id" must be the organization's id at Polar, a UUID in lower case`)
	case (e.Token == "") == (e.TokenFile == ""):
		return nil, errors.New(`needs either "token_file" or "token"`)
	case e.Token != "":
		return Fixed(e.Token)
	case filepath.IsAbs(e.TokenFile):
		return unwatched(e.TokenFile)
	default:
		return unwatched(filepath.Join(dir, e.TokenFile))
	}
}

// unquoted is a JSON error without the text that it may quote.
func unquoted(err error) error {
	if wrongType, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		return fmt.Errorf("%q must be of another type", wrongType.Field)
	}
	return err
}
