package service

import (
	"crypto/sha256"
	"encoding/hex"
	"net/url"
	"regexp"

	"github.com/checkoutsvc/checkoutsvc/internal/polarhttp"
)

// Subject names a checkout to an operator, without a secret. At most one of the two is not "".
type Subject struct {
	// ID is the checkout's id.
	ID string
	// SecretHash is the beginning of the SHA-256 of its client secret, in hex: who has the secret finds the line by it.
	SecretHash string
}

// Subject is the checkout of a call whose outcome is unknown, or that is held back for one; of all others it is empty.
func (f *Failure) Subject() Subject { return f.subject }

// about adds the checkout that the request was for, where an operator must look for it.
func (f *Failure) about(request *polarhttp.Request) *Failure {
	if f.Domain != OwnDomain || f.Name != outcomeUnknownName && f.Name != confirmOutcomeUnknownName {
		return f
	}
	found := *f // it may be the answer of others too
	found.subject = subjectOf(request)
	return &found
}

// idForm is the form of Polar's ids; what has another may be anything, a secret included.
var idForm = regexp.MustCompile(`^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$`)

// hashShown is how much of a hash is shown, in bytes.
const hashShown = 8

func subjectOf(request *polarhttp.Request) Subject {
	segment, err := url.PathUnescape(request.Segment)
	switch {
	case err != nil || segment == "":
		return Subject{}
	case request.Operation.Credential == polarhttp.Buyer:
		hash := sha256.Sum256([]byte(segment))
		return Subject{SecretHash: hex.EncodeToString(hash[:hashShown])}
	case idForm.MatchString(segment):
		return Subject{ID: segment}
	}
	return Subject{}
}
