package emulator

import (
	"github.com/checkoutsvc/checkoutsvc/internal/emulator/ordered"
)

func validFieldData(p *product, in *ordered.Object, required bool) (*ordered.Object, error) {
	out := ordered.NewObject()
	for _, f := range p.fields {
		if v, ok := in.Lookup(f.field.slug); ok {
			out.Set(f.field.slug, v)
		}
	}
	return out, nil
}
