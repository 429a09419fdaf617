package guard

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"slices"
	"time"
)

// confirm is one that was sent, or is about to be, and has no definite answer.
type confirm struct {
	ID    string    `json:"id"`
	Token []byte    `json:"token"` // its hash
	Lifts time.Time `json:"lifts"`
}

// record are the confirms of one checkout that stand: one, and more only where callers accepted the risk.
type record struct {
	confirms []confirm
	stored   []byte // as it was read, for the swap
}

// read gives the record under key, without the confirms that no longer stand.
func (g *Guard[A]) read(ctx context.Context, key string) (*record, error) {
	text, err := g.store.Get(ctx, key)
	if err != nil {
		return nil, err
	}
	r := &record{stored: text}
	if text == nil {
		return r, nil
	}
	var all []confirm
	if err := json.Unmarshal(text, &all); err != nil {
		return nil, fmt.Errorf("guard: the record %s is damaged", key)
	}
	for _, c := range all {
		if time.Now().Before(c.Lifts) && !g.removals.has(c.ID) {
			r.confirms = append(r.confirms, c)
		}
	}
	return r, nil
}

// encode gives the record's text; none if nothing stands.
func (r *record) encode() []byte {
	if len(r.confirms) == 0 {
		return nil
	}
	text, _ := json.Marshal(r.confirms) // it can't fail on these types
	return text
}

func (r *record) withToken(token [sha256.Size]byte) *confirm {
	for i := range r.confirms {
		if bytes.Equal(r.confirms[i].Token, token[:]) {
			return &r.confirms[i]
		}
	}
	return nil
}

func (r *record) with(c confirm) *record {
	return &record{confirms: append(slices.Clip(r.confirms), c)}
}

func (r *record) without(id string) *record {
	left := &record{}
	for _, c := range r.confirms {
		if c.ID != id {
			left.confirms = append(left.confirms, c)
		}
	}
	return left
}

// lifts is when the last of them stops standing; now if none does.
func (r *record) lifts() time.Time {
	last := time.Now()
	for _, c := range r.confirms {
		if c.Lifts.After(last) {
			last = c.Lifts
		}
	}
	return last
}
