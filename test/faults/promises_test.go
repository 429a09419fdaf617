package faults

import (
	"context"
	"encoding/json"
	"strings"
	"time"
)

// judgeConfirm: a confirm is written once at most, and while its outcome is unknown no other is, whatever token it has. The
// fault is still in the way: once the service has found out, a confirm may be sent again, and Polar refuses it.
func (p *play) judgeConfirm(got told, sent int) {
	p.Helper()
	if sent > 1 {
		p.Errorf("the confirm was sent %d times", sent)
	}
	if !got.open && !got.early {
		return
	}
	if other := p.confirmAgain("ctoken_hold_other", time.Second); other.ok || !other.open {
		p.Errorf("another confirm, while the outcome is unknown, is told %s", other.text)
	}
	if same := p.confirmAgain(token, 2*time.Second); !same.ok && !same.open && !same.early {
		p.Errorf("the same confirm again is told %s", same.text)
	}
	if now, _ := p.count(); now != sent {
		p.Errorf("%d more confirms were sent while the outcome was unknown", now-sent)
	}
}

func (p *play) confirmAgain(token string, within time.Duration) told {
	p.Helper()
	ctx, cancel := context.WithTimeout(p.Context(), within)
	defer cancel()
	answer, err := p.client.ConfirmClientCheckout(ctx, confirmation(p.at, token))
	if err != nil {
		return refusedWith(err)
	}
	return told{text: "OK", ok: true, body: p.encode(answer)}
}

// judgeKey: under one name there is one answer. What the first call got, every later one gets, over both transports.
func (p *play) judgeKey(got told, transport string) {
	p.Helper()
	p.road.clear()
	p.open()
	var known []string
	if got.ok && p.polarSaid(got.body) {
		known = append(known, id(got.body))
	}
	for _, again := range []told{p.overREST(p.op, p.op.key), p.overGRPC(), p.overREST(p.op, p.op.key)} {
		switch {
		case strings.HasSuffix(again.text, "RATE_LIMITED") || strings.HasSuffix(again.text, "RateLimited"):
			continue // after a 429 nothing is sent for a while, and so there is no answer either
		case !again.ok:
			p.Errorf("told %s over %s, then %s once all is well", got.text, transport, again.text)
		default:
			known = append(known, id(again.body))
		}
	}
	for _, each := range known {
		if each == "" || each != known[0] {
			p.Errorf("one key was answered with the checkouts %q", known)
		}
	}
}

func id(body string) string {
	var checkout struct {
		ID string `json:"id"`
	}
	if json.Unmarshal([]byte(body), &checkout) != nil {
		return ""
	}
	return checkout.ID
}
