package idempotency

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
)

// state is where a key stands.
type state string

const (
	absent state = ""
	// reserved: a call is under way, or its process died less than a lease ago.
	reserved state = "reserved"
	// unanswered: a call came to an unknown outcome. Equal requests may send another one.
	unanswered state = "unanswered"
	// answered: the answer is there, for good.
	answered state = "answered"
)

// record is a key's record.
type record struct {
	state   state
	request [sha256.Size]byte
	owner   string // of a reserved one
	body    []byte // of an answered one
	stored  []byte // as it was read, for the swap
}

// storedRecord is a record's JSON.
type storedRecord struct {
	State   state  `json:"state"`
	Request []byte `json:"request"`
	Owner   string `json:"owner,omitempty"`
	Body    []byte `json:"body,omitempty"`
}

func (r *record) encode() []byte {
	text, _ := json.Marshal(storedRecord{r.state, r.request[:], r.owner, r.body}) // it can't fail on these types
	return text
}

// read gives the record under key; one that is absent if there is none.
func (k *Keys) read(ctx context.Context, key string) (record, error) {
	text, err := k.store.Get(ctx, key)
	if err != nil || text == nil {
		return record{}, err
	}
	var s storedRecord
	if err := json.Unmarshal(text, &s); err != nil || len(s.Request) != sha256.Size {
		return record{}, fmt.Errorf("idempotency: the record %s is damaged", key)
	}
	return record{s.State, [sha256.Size]byte(s.Request), s.Owner, s.Body, text}, nil
}
