package soak

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/checkoutsvc/checkoutsvc/internal/emulator"
)

const (
	callers = 6
	// patience is how long a caller waits for an answer.
	patience = 3 * time.Second
	// lease is longer than a key stays reserved for a replica that was killed.
	lease = 90 * time.Second
)

// crowd are the callers, and what they were told.
type crowd struct {
	fleet *fleet
	door  *door
	seed  uint64
	quit  chan struct{}
	calls sync.WaitGroup

	mu      sync.Mutex
	keys    []string
	answers map[string][]string // ids, by key
	secrets []string
	paid    map[string]bool   // client secrets whose confirm succeeded
	denied  map[string]string // names of failures that say that nothing was done, by confirmation token
	counts  map[string]int
}

func newCrowd(f *fleet, d *door, seed uint64) *crowd {
	return &crowd{
		fleet: f, door: d, seed: seed, quit: make(chan struct{}),
		answers: map[string][]string{}, paid: map[string]bool{}, denied: map[string]string{}, counts: map[string]int{},
	}
}

func (c *crowd) begin() {
	for i := range callers {
		random := rand.New(rand.NewPCG(c.seed, uint64(i)))
		c.calls.Go(func() {
			for n := 0; ; n++ {
				select {
				case <-c.quit:
					return
				case <-time.After(time.Duration(random.Int64N(int64(40 * time.Millisecond)))):
					c.act(random, fmt.Sprintf("%d-%d", i, n))
				}
			}
		})
	}
}

func (c *crowd) end() {
	close(c.quit)
	c.calls.Wait()
}

// act does one thing: a create under a new key or an old one, or a confirm with a token of its own.
func (c *crowd) act(random *rand.Rand, name string) {
	at := c.fleet.address(random)
	if at == "" {
		return
	}
	key, secret := c.choose(random, name)
	if secret == "" {
		c.create(at, key, patience)
		return
	}
	c.confirm(at, secret, "ctoken_"+name)
}

// choose gives a key to create with, or else a client secret to confirm.
func (c *crowd) choose(random *rand.Rand, name string) (key, secret string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch draw := random.IntN(10); {
	case draw < 3 || len(c.secrets) == 0:
		c.keys = append(c.keys, "key-"+name)
		return "key-" + name, ""
	case draw < 6:
		return c.keys[max(0, len(c.keys)-1-random.IntN(8))], ""
	default:
		return "", c.secrets[max(0, len(c.secrets)-1-random.IntN(8))]
	}
}

// told is what a caller sees of an answer.
type told struct {
	ID     string `json:"id"`
	Secret string `json:"client_secret"`
	Status string `json:"status"`
	Error  string `json:"error"`
	code   int
}

// client is everybody's; each call has a bound of its own besides.
var client = &http.Client{Timeout: time.Minute, Transport: &http.Transport{MaxIdleConnsPerHost: 64}}

// post makes a call; an error says that its outcome is unknown to the caller.
func post(url, key, body string, wait time.Duration) (told, error) {
	ctx, cancel := context.WithTimeout(context.Background(), wait)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, strings.NewReader(body))
	if err != nil {
		return told{}, err
	}
	req.Header.Set("Content-Type", "application/json")
	if key != "" {
		req.Header.Set("Idempotency-Key", key)
	}
	res, err := client.Do(req)
	if err != nil {
		return told{}, err
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	answer := told{code: res.StatusCode}
	return answer, errors.Join(err, json.Unmarshal(text, &answer))
}

func (c *crowd) create(at, key string, wait time.Duration) (answered bool) {
	answer, err := post(at+"/v1/checkouts/", key, fmt.Sprintf(`{"products":[%q]}`, emulator.DemoOneTimeID), wait)
	c.mu.Lock()
	defer c.mu.Unlock()
	if err != nil || answer.code != http.StatusCreated {
		c.counts[describe("create", answer, err)]++
		return false
	}
	c.counts["create answered"]++
	if !slices.Contains(c.secrets, answer.Secret) {
		c.secrets = append(c.secrets, answer.Secret)
	}
	if !slices.Contains(c.answers[key], answer.ID) {
		c.answers[key] = append(c.answers[key], answer.ID)
	}
	return true
}

func (c *crowd) confirm(at, secret, token string) {
	body := fmt.Sprintf(`{"confirmation_token_id":%q,"customer_email":"buyer@example.com","customer_billing_address":{"country":"GB"}}`, token)
	answer, err := post(at+"/v1/checkouts/client/"+secret+"/confirm", "", body, patience)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.counts[describe("confirm", answer, err)]++
	switch {
	case err != nil || answer.Error == "OutcomeUnknown" || answer.code >= 500 && answer.Error == "":
	case answer.code == http.StatusOK:
		c.paid[secret] = true
	default:
		c.denied[token] = answer.Error
	}
}

func describe(what string, answer told, err error) string {
	switch {
	case err != nil:
		return what + " cut off"
	case answer.code < 300:
		return what + " answered"
	default:
		return what + " " + answer.Error
	}
}

// askForEveryKey gives each key another chance, for as long as is left, and says how many have no answer even so: those
// that a killed replica had reserved, less than a lease ago.
func (c *crowd) askForEveryKey(left time.Duration) (unanswered int) {
	at := c.fleet.address(rand.New(rand.NewPCG(c.seed, callers)))
	open := slices.Clone(c.keys)
	for end := time.Now().Add(left); ; {
		answered := make([]bool, len(open))
		var asked sync.WaitGroup
		for i, key := range open {
			asked.Go(func() { answered[i] = c.create(at, key, patience) })
		}
		asked.Wait()
		unanswered := 0
		for i, key := range open {
			if !answered[i] {
				open[unanswered] = key
				unanswered++
			}
		}
		if open = open[:unanswered]; len(open) == 0 || time.Now().After(end) {
			return len(open)
		}
	}
}

// judge holds what callers were told against what the door saw.
func (c *crowd) judge(t *testing.T) {
	t.Helper()
	c.door.mu.Lock()
	defer c.door.mu.Unlock()
	ids := map[string]bool{}
	for key, answers := range c.answers {
		if len(answers) != 1 {
			t.Errorf("%s was answered with %d checkouts", key, len(answers))
		}
		ids[answers[0]] = true
	}
	if len(ids) != len(c.answers) {
		t.Errorf("%d keys have %d checkouts", len(c.answers), len(ids))
	}
	for secret, tokens := range c.door.charged {
		if len(tokens) > 1 {
			t.Errorf("a checkout was charged %d times: %v", len(tokens), tokens)
		}
		for _, token := range tokens {
			if name := c.denied[token]; name != "" {
				t.Errorf("the confirm with %s failed as %s, and it was carried out", token, name)
			}
		}
		delete(c.paid, secret)
	}
	if len(c.paid) > 0 {
		t.Errorf("%d confirms succeeded that Polar knows nothing of", len(c.paid))
	}
	for _, secret := range c.secrets {
		if c.door.made[secret] == "" {
			t.Error("a create succeeded that Polar knows nothing of")
		}
	}
}

func (c *crowd) summary() string {
	return fmt.Sprintf("%d keys, %d checkouts made, %d charged; callers were told %v", len(c.keys), len(c.door.made), len(c.door.charged), c.counts)
}
