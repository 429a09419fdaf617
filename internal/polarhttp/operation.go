package polarhttp

import (
	"net/http"
	"strings"
)

// Consequence is what sending an operation does at Polar. Retries, deadlines and error codes follow it, not the HTTP verb (B 8).
type Consequence int

// The four consequences, from harmless to costly.
const (
	// Reads changes nothing; sending it again is always safe.
	Reads Consequence = iota
	// Converges leads to the same state however often it is sent (B 8: updates).
	Converges
	// Creates makes another checkout each time; an unanswered one left at most an orphan that expires by itself.
	Creates
	// Confirms charges a buyer; it is never sent twice.
	Confirms
)

// Credential is whose right an operation is called with.
type Credential int

const (
	// Merchant operations carry the organization's token.
	Merchant Credential = iota
	// Buyer operations are authorised by the client secret in their path and carry no token of the service (B 5.2, 6.4).
	Buyer
)

// Operation is one of the seven calls of Polar's checkout API, as a value.
type Operation struct {
	// Name is the RPC's name; it is what logs, metrics and errors say instead of a path.
	Name string
	// Method and Template are those of Polar's document; the trailing slash matters (B 0.5).
	Method, Template string
	Credential       Credential
	Consequence      Consequence
	// Success is the only status that Polar answers a successful call with: 201 for create, else 200.
	Success int

	prefix, suffix string
}

func operation(name, method, template string, credential Credential, consequence Consequence) *Operation {
	prefix, rest, _ := strings.Cut(template, "{")
	_, suffix, _ := strings.Cut(rest, "}")
	success := http.StatusOK
	if consequence == Creates {
		success = http.StatusCreated
	}
	return &Operation{
		Name: name, Method: method, Template: template, Credential: credential, Consequence: consequence,
		Success: success, prefix: prefix, suffix: suffix,
	}
}

// The seven operations. The comments are read by a test that compares them with Polar's OpenAPI document.
var (
	//polar:operation GET /v1/checkouts/
	ListCheckouts = operation("ListCheckouts", http.MethodGet, "/v1/checkouts/", Merchant, Reads)
	//polar:operation POST /v1/checkouts/
	CreateCheckout = operation("CreateCheckout", http.MethodPost, "/v1/checkouts/", Merchant, Creates)
	//polar:operation GET /v1/checkouts/{id}
	GetCheckout = operation("GetCheckout", http.MethodGet, "/v1/checkouts/{id}", Merchant, Reads)
	//polar:operation PATCH /v1/checkouts/{id}
	UpdateCheckout = operation("UpdateCheckout", http.MethodPatch, "/v1/checkouts/{id}", Merchant, Converges)
	//polar:operation GET /v1/checkouts/client/{client_secret}
	GetClientCheckout = operation("GetClientCheckout", http.MethodGet, "/v1/checkouts/client/{client_secret}", Buyer, Reads)
	//polar:operation PATCH /v1/checkouts/client/{client_secret}
	UpdateClientCheckout = operation("UpdateClientCheckout", http.MethodPatch, "/v1/checkouts/client/{client_secret}", Buyer, Converges)
	//polar:operation POST /v1/checkouts/client/{client_secret}/confirm
	ConfirmClientCheckout = operation("ConfirmClientCheckout", http.MethodPost, "/v1/checkouts/client/{client_secret}/confirm", Buyer, Confirms)
)

// Operations lists all seven in the order of Polar's document.
var Operations = []*Operation{
	ListCheckouts, CreateCheckout, GetCheckout, UpdateCheckout,
	GetClientCheckout, UpdateClientCheckout, ConfirmClientCheckout,
}

// HasSegment reports whether the path holds an id or a client secret.
func (o *Operation) HasSegment() bool { return o.prefix != o.Template }

// path is the exact path of a call; segment is escaped already.
func (o *Operation) path(base, segment string) string {
	return base + o.prefix + segment + o.suffix
}
