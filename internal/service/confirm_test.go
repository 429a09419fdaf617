package service

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	pb "github.com/checkoutsvc/checkoutsvc/gen/go/polar/checkouts/v1"
	"github.com/checkoutsvc/checkoutsvc/internal/guard"
	"github.com/checkoutsvc/checkoutsvc/internal/inproc"
	"github.com/checkoutsvc/checkoutsvc/internal/polarhttp"
	"github.com/checkoutsvc/checkoutsvc/internal/store"
	"github.com/checkoutsvc/checkoutsvc/internal/upstream"
)

// scripted answers by operation and counts what it was asked.
type scripted struct {
	confirm, read func(res *polarhttp.Response) error
	confirms      int
}

func (p *scripted) Call(_ context.Context, req *polarhttp.Request, res *polarhttp.Response, _ upstream.Options) (int, error) {
	if req.Operation == polarhttp.ConfirmClientCheckout {
		p.confirms++
		return 1, p.confirm(res)
	}
	return 1, p.read(res)
}

func answers(code int, body string) func(*polarhttp.Response) error {
	return func(res *polarhttp.Response) error {
		res.Status, res.Body = code, []byte(body)
		return nil
	}
}

func cut(*polarhttp.Response) error { return &polarhttp.Error{Reason: polarhttp.Cut, Written: true} }

func confirmOf(token string) *pb.ConfirmClientCheckoutRequest {
	return &pb.ConfirmClientCheckoutRequest{
		ClientSecret: secret, CheckoutConfirmStripe: &pb.CheckoutConfirmStripe{ConfirmationTokenId: &token},
	}
}

func newScripted(p *scripted) *Service {
	return newService(nil, func(o *Options) { o.Polar = p })
}

func TestAnUnansweredConfirmThatPolarHasCarriedOutIsASuccess(t *testing.T) {
	for _, state := range []string{"confirmed", "succeeded"} {
		p := &scripted{confirm: cut, read: answers(200, `{"id":"x","status":"`+state+`","subtotal_amount":5}`)}
		answer, err := newScripted(p).ConfirmClientCheckout(t.Context(), confirmOf("a"))
		if err != nil || p.confirms != 1 || len(answer.ProtoReflect().GetUnknown()) == 0 {
			t.Errorf("%s: %v after %d confirms", state, err, p.confirms)
		}
	}
}

func TestOverRESTAReconciledConfirmHasAConfirmsForm(t *testing.T) {
	p := &scripted{confirm: cut, read: answers(200, `{"id":"x","status":"succeeded","subtotal_amount":5.0}`)}
	raw := &inproc.Exchange{Context: t.Context(), Request: polarhttp.Request{Segment: secret}}
	_, err := newScripted(p).ConfirmClientCheckout(raw, nil)
	want := `{"id":"x","status":"confirmed","customer_session_token":null,"subtotal_amount":5.0}`
	if err != nil || !raw.Answered || string(raw.Response.Body) != want || raw.Response.Header.Get("Checkoutsvc-Reconciled") != "true" {
		t.Errorf("got %s, %v, %v", raw.Response.Body, raw.Response.Header, err)
	}
}

// TestTheGuardStandsWhileNobodyKnows: neither the same nor another confirmation token is sent to Polar again.
func TestTheGuardStandsWhileNobodyKnows(t *testing.T) {
	p := &scripted{confirm: cut, read: answers(200, `{"id":"x","status":"open"}`)}
	s := newScripted(p)
	_, first := s.ConfirmClientCheckout(t.Context(), confirmOf("a"))
	if status.Code(first) != codes.Unknown || detail[*pb.OutcomeUnknown](first).GetRetrySafe() {
		t.Errorf("the first: %v", first)
	}
	_, same := s.ConfirmClientCheckout(t.Context(), confirmOf("a"))
	if status.Code(same) != codes.Unknown {
		t.Errorf("the same again: %v", same)
	}
	_, other := s.ConfirmClientCheckout(t.Context(), confirmOf("b"))
	held := detail[*pb.ConfirmOutcomeUnknown](other)
	if status.Code(other) != codes.FailedPrecondition || held.GetLiftsAt() == nil || detail[*errdetails.ErrorInfo](other).GetMetadata()["lifts_at"] == "" {
		t.Errorf("another token: %v", other)
	}
	if p.confirms != 1 {
		t.Errorf("%d confirms were sent", p.confirms)
	}
	risky := confirmOf("b")
	risky.AcceptSecondChargeRisk = true
	if _, err := s.ConfirmClientCheckout(t.Context(), risky); status.Code(err) != codes.Unknown || p.confirms != 2 {
		t.Errorf("with the risk accepted: %v after %d confirms", err, p.confirms)
	}
	p.read = answers(200, `{"id":"x","status":"confirmed"}`)
	if _, err := s.ConfirmClientCheckout(t.Context(), confirmOf("a")); err != nil || p.confirms != 2 {
		t.Errorf("once it is known: %v after %d confirms", err, p.confirms)
	}
}

func TestADefiniteAnswerLiftsTheGuard(t *testing.T) {
	for name, first := range map[string]func(*polarhttp.Response) error{
		"declined":      answers(400, `{"error":"PaymentError","detail":"The payment failed."}`),
		"not sent":      func(*polarhttp.Response) error { return &polarhttp.Error{Reason: polarhttp.Unreachable} },
		"a named 500":   answers(500, `{"error":"TaxCalculationTechnicalError","detail":"x"}`),
		"another error": answers(422, `{}`),
	} {
		t.Run(name, func(t *testing.T) {
			p := &scripted{confirm: first}
			s := newScripted(p)
			if _, err := s.ConfirmClientCheckout(t.Context(), confirmOf("a")); err == nil {
				t.Fatal("the first confirm succeeded")
			}
			p.confirm = answers(200, `{"id":"x","status":"confirmed"}`)
			if _, err := s.ConfirmClientCheckout(t.Context(), confirmOf("b")); err != nil || p.confirms != 2 {
				t.Errorf("another token: %v after %d confirms", err, p.confirms)
			}
		})
	}
}

// TestANamelessServerErrorIsNotBelieved: Polar may have charged before it broke.
func TestANamelessServerErrorIsNotBelieved(t *testing.T) {
	p := &scripted{confirm: answers(502, "<html>"), read: answers(200, `{"id":"x","status":"open"}`)}
	raw := &inproc.Exchange{Context: t.Context(), Request: polarhttp.Request{Segment: secret}}
	_, err := newScripted(p).ConfirmClientCheckout(raw, nil)
	if raw.Answered || status.Code(err) != codes.Unknown {
		t.Errorf("answered %t with %v", raw.Answered, err)
	}
}

// TestASuccessWithoutACheckoutIsNotBelieved: whoever answered so may not have been Polar, and a second confirm waits.
func TestASuccessWithoutACheckoutIsNotBelieved(t *testing.T) {
	for _, body := range []string{"<html>", "{}", `{"status":"confirmed"`} {
		p := &scripted{confirm: answers(200, body), read: answers(200, `{"id":"x","status":"open"}`)}
		s := newScripted(p)
		_, first := s.ConfirmClientCheckout(t.Context(), confirmOf("a"))
		_, other := s.ConfirmClientCheckout(t.Context(), confirmOf("b"))
		if detail[*pb.OutcomeUnknown](first) == nil || detail[*pb.ConfirmOutcomeUnknown](other) == nil || p.confirms != 1 {
			t.Errorf("%s: %v, then %v after %d confirms", body, first, other, p.confirms)
		}
	}
}

// TestADeadlineIsNotOutlived: a caller with a deadline hears of an unknown outcome before it passes.
func TestADeadlineIsNotOutlived(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &scripted{confirm: cut, read: answers(200, `{"id":"x","status":"open"}`)}
		s := newService(nil, func(o *Options) { o.Polar, o.ResolveFor = p, 10*time.Second })
		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
		defer cancel()
		_, err := s.ConfirmClientCheckout(ctx, confirmOf("a"))
		if detail[*pb.OutcomeUnknown](err) == nil || ctx.Err() != nil {
			t.Errorf("%v, and the caller's context says %v", err, ctx.Err())
		}
	})
}

func TestWhichConfirmationTokenABodyNames(t *testing.T) {
	same := [][2]string{
		{`{"confirmation_token_id":"a"}`, `{"x":1, "confirmation_token_id" : "\u0061"}`},
		{`{"confirmation_token_id":"b","confirmation_token_id":"a"}`, `{"confirmation_token_id":"a"}`},
		{``, `{}`},
	}
	for _, pair := range same {
		if confirmationToken([]byte(pair[0])) != confirmationToken([]byte(pair[1])) {
			t.Errorf("%s and %s are taken for different payments", pair[0], pair[1])
		}
	}
	for _, other := range []string{`{"Confirmation_Token_Id":"a"}`, `{"confirmation_token_id":"b"}`, `{"confirmation_token_id":null}`, `not json`} {
		if confirmationToken([]byte(other)) == confirmationToken([]byte(`{"confirmation_token_id":"a"}`)) {
			t.Errorf("%s is taken for the payment with a", other)
		}
	}
}

func TestAsConfirmedKeepsEveryText(t *testing.T) {
	in := `{"a":1.0,"status":"open","b":{"status":"x"},"ü":"\u00fc","subtotal_amount":1e2}`
	want := `{"a":1.0,"status":"confirmed","b":{"status":"x"},"ü":"\u00fc","customer_session_token":null,"subtotal_amount":1e2}`
	if got, err := asConfirmed([]byte(in)); err != nil || string(got) != want {
		t.Errorf("got %s, %v", got, err)
	}
	for _, broken := range []string{"", "[]", `{"a":`, "null"} {
		if got, err := asConfirmed([]byte(broken)); err == nil && !strings.HasPrefix(string(got), "{") {
			t.Errorf("%q became %s", broken, got)
		}
	}
}

// TestAResolvedConfirmThatIsNotSentYetKeepsItsGuard: it waits in another replica, and the checkout was confirmed by a third
// call. Found by the simulation (seed 2280).
func TestAResolvedConfirmThatIsNotSentYetKeepsItsGuard(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		records, release := store.NewMemory(), make(chan struct{})
		waits := &scripted{confirm: func(res *polarhttp.Response) error { <-release; return cut(res) }, read: answers(200, `{"id":"x","status":"open"}`)}
		finds := &scripted{confirm: answers(200, `{"id":"x","status":"confirmed"}`), read: answers(200, `{"id":"x","status":"confirmed"}`)}
		replica := func(p *scripted) *Service {
			return newService(nil, func(o *Options) {
				o.Polar, o.Guard = p, guard.New[*Settled](guard.Config{Store: records})
			})
		}
		one, two := replica(waits), replica(finds)
		go func() { _, _ = one.ConfirmClientCheckout(t.Context(), confirmOf("a")) }()
		synctest.Wait()
		if _, err := two.ConfirmClientCheckout(t.Context(), confirmOf("a")); err != nil {
			t.Fatal(err)
		}
		if _, err := two.ConfirmClientCheckout(t.Context(), confirmOf("b")); err == nil || finds.confirms != 0 {
			t.Errorf("%d confirms passed the guard: %v", finds.confirms, err)
		}
		close(release)
		synctest.Wait()
		<-time.After(sentWithin)
		if _, err := two.ConfirmClientCheckout(t.Context(), confirmOf("a")); err != nil {
			t.Fatal(err)
		}
		if _, err := two.ConfirmClientCheckout(t.Context(), confirmOf("b")); err != nil {
			t.Errorf("the guard outlives a confirm that was sent and resolved: %v", err)
		}
	})
}
