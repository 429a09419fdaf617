package scenario

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	"github.com/checkoutsvc/checkoutsvc/checkouts"
	checkoutsv1 "github.com/checkoutsvc/checkoutsvc/gen/go/polar/checkouts/v1"
	"github.com/checkoutsvc/checkoutsvc/internal/emulator"
)

// player plays steps against one service.
type player struct {
	address, polar, token string
	run                   string
	variables             map[string]string
	client                *checkouts.Client
}

func newPlayer(t *testing.T, address, polar, token string) *player {
	t.Helper()
	p := &player{address: address, polar: polar, token: token, run: runName()}
	p.client = p.dial(t, nil)
	return p
}

// dial connects as all steps do, or as one step wants it.
func (p *player) dial(t *testing.T, own *connection) *checkouts.Client {
	t.Helper()
	address, token := p.address, p.token
	var options []grpc.DialOption
	if own != nil {
		address, token = cmp.Or(own.Address, address), *cmp.Or(own.Token, &token)
	}
	if own != nil && own.TimeoutMS > 0 {
		options = append(options, checkouts.WithTimeout(time.Duration(own.TimeoutMS)*time.Millisecond))
	}
	if token != "" {
		options = append(options, checkouts.WithToken(token))
	}
	client, err := checkouts.Dial(address, options...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = client.Close() })
	return client
}

// reset gives the next case a Polar that is as new.
func (p *player) reset(t *testing.T, variables map[string]string) {
	t.Helper()
	p.variables = map[string]string{"run": p.run}
	maps.Copy(p.variables, variables)
	p.ask(t, "POST /_emulator/reset", nil)
}

func (p *player) play(t *testing.T, raw step) {
	t.Helper()
	s := expanded(t, raw, p.variables)
	if s.Polar != "" {
		p.save(t, s.Save, p.ask(t, s.Polar, s.Body))
		return
	}
	client := p.client
	if s.Client != nil {
		client = p.dial(t, s.Client)
	}
	ctx := t.Context()
	if s.TimeoutMS > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, time.Duration(s.TimeoutMS)*time.Millisecond)
		defer cancel()
	}
	if s.Call == "list_all" {
		listAll(ctx, t, client, s)
		return
	}
	answer, err := call(ctx, t, client, s)
	if err != nil || s.Expect.Error != nil {
		compareError(t, s.Expect.Error, err)
		return
	}
	compareAnswer(t, s.Expect, answer)
	p.save(t, s.Save, asJSON(t, answer))
}

// ask makes a call to the emulator, past the service.
func (p *player) ask(t *testing.T, line string, body any) any {
	t.Helper()
	method, path, _ := strings.Cut(line, " ")
	text, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	if body == nil || method == http.MethodDelete {
		text = nil
	}
	request, err := http.NewRequestWithContext(t.Context(), method, p.polar+path, bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+emulator.DefaultToken)
	request.Header.Set("Content-Type", "application/json")
	response, err := new(http.Client).Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	var answer any
	switch err := json.NewDecoder(response.Body).Decode(&answer); {
	case response.StatusCode >= http.StatusMultipleChoices:
		t.Fatalf("%s: %s: %v", line, response.Status, answer)
	case err != nil && err != io.EOF: // 204 has no body
		t.Fatalf("%s: %v", line, err)
	}
	return answer
}

// call makes one of the seven calls.
func call(ctx context.Context, t *testing.T, client *checkouts.Client, s step) (proto.Message, error) {
	t.Helper()
	var retries *checkoutsv1.RetryConfig
	if s.Retries != nil {
		retries = message(t, s.Retries, &checkoutsv1.RetryConfig{})
	}
	switch s.Call {
	case "list_checkouts":
		req := message(t, s.Fields, &checkoutsv1.ListCheckoutsRequest{})
		req.Retries = retries
		return client.ListCheckouts(ctx, req)
	case "create_checkout":
		return client.CreateCheckout(ctx, &checkoutsv1.CreateCheckoutRequest{
			CheckoutCreate: message(t, s.Fields, &checkoutsv1.CheckoutCreate{}), RequestId: s.RequestID, Retries: retries,
		})
	case "get_checkout":
		return client.GetCheckout(ctx, &checkoutsv1.GetCheckoutRequest{Id: s.ID, Retries: retries})
	case "update_checkout":
		req := &checkoutsv1.UpdateCheckoutRequest{
			Id: s.ID, CheckoutUpdate: message(t, s.Fields, &checkoutsv1.CheckoutUpdate{}), Retries: retries,
		}
		if s.Clear != nil {
			req = checkouts.Clear(req, s.Clear...)
		}
		return client.UpdateCheckout(ctx, req)
	case "get_client_checkout":
		return client.GetClientCheckout(ctx, &checkoutsv1.GetClientCheckoutRequest{ClientSecret: s.ClientSecret, Retries: retries})
	case "update_client_checkout":
		req := &checkoutsv1.UpdateClientCheckoutRequest{
			ClientSecret: s.ClientSecret, CheckoutUpdatePublic: message(t, s.Fields, &checkoutsv1.CheckoutUpdatePublic{}), Retries: retries,
		}
		if s.Clear != nil {
			req = checkouts.Clear(req, s.Clear...)
		}
		return client.UpdateClientCheckout(ctx, req)
	case "confirm_client_checkout":
		return client.ConfirmClientCheckout(ctx, &checkoutsv1.ConfirmClientCheckoutRequest{
			ClientSecret: s.ClientSecret, CheckoutConfirmStripe: message(t, s.Fields, &checkoutsv1.CheckoutConfirmStripe{}),
			Retries: retries, AcceptSecondChargeRisk: s.AcceptRisk,
		})
	default:
		t.Fatalf("no such call: %s", s.Call)
		return nil, nil
	}
}

// listAll iterates over all pages, or over the first checkouts only.
func listAll(ctx context.Context, t *testing.T, client *checkouts.Client, s step) {
	t.Helper()
	req := message(t, s.Fields, &checkoutsv1.ListCheckoutsRequest{})
	seen := map[string]bool{}
	count := 0
	var failed error
	for checkout, err := range checkouts.All(ctx, client, req) {
		if err != nil {
			failed = err
			break
		}
		if seen[checkout.GetId()] {
			t.Errorf("%s came twice", checkout.GetId())
		}
		seen[checkout.GetId()] = true
		if count++; count == s.Take {
			break
		}
	}
	if s.Expect.Count != nil && count != *s.Expect.Count {
		t.Errorf("%d checkouts, not %d", count, *s.Expect.Count)
	}
	compareError(t, s.Expect.Error, failed)
}

// message fills a message with fields; nil fields leave it empty.
func message[M proto.Message](t *testing.T, fields map[string]any, into M) M {
	t.Helper()
	text, err := json.Marshal(fields)
	if err != nil {
		t.Fatal(err)
	}
	if fields == nil {
		return into
	}
	if err := protojson.Unmarshal(text, into); err != nil {
		t.Fatal(err)
	}
	return into
}

// asJSON is a message as the scenario speaks of it.
func asJSON(t *testing.T, m proto.Message) any {
	t.Helper()
	text, err := protojson.MarshalOptions{UseProtoNames: true}.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	var value any
	if err := json.Unmarshal(text, &value); err != nil {
		t.Fatal(err)
	}
	return value
}

// save keeps members of an answer for later steps.
func (p *player) save(t *testing.T, names map[string]string, answer any) {
	t.Helper()
	for name, member := range names {
		object, _ := answer.(map[string]any)
		value, ok := object[member].(string)
		if !ok {
			t.Fatalf("the answer has no text %s", member)
		}
		p.variables[name] = value
	}
}

var reference = regexp.MustCompile(`\$\{\w+\}`)

// expanded puts the variables' values into a step.
func expanded(t *testing.T, raw step, variables map[string]string) step {
	t.Helper()
	text, err := json.Marshal(raw)
	if err != nil {
		t.Fatal(err)
	}
	text = reference.ReplaceAllFunc(text, func(ref []byte) []byte {
		value, ok := variables[string(ref[2:len(ref)-1])]
		if !ok {
			t.Fatalf("no such variable: %s", ref)
		}
		return []byte(value)
	})
	var s step
	decodeStrictly(t, text, &s)
	return s
}
