package callers

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"sync"
	"sync/atomic"
	"time"

	"github.com/go-jose/go-jose/v4"
	"golang.org/x/time/rate"
)

// How keys are fetched from a URL.
const (
	refreshEvery = 5 * time.Minute  // while all is well
	retryEvery   = 10 * time.Second // after a failure
	fetchTimeout = 5 * time.Second
	maxKeys      = 1 << 20 // bytes

	// Who sends unknown key ids makes us fetch no more than this.
	unknownEvery = 10 * time.Second
	unknownBurst = 3
)

// remoteKeys are the keys at a URL. They are fetched in the background, and at once when a key id is not known.
type remoteKeys struct {
	url     string
	shown   string // the URL without its query, which may hold a key
	client  *http.Client
	tell    func(error)
	current atomic.Pointer[keySet] // nil before the first fetch
	problem atomic.Pointer[string]
	unknown *rate.Limiter

	ctx     context.Context //nolint:containedctx // it ends the fetches at Close
	stop    context.CancelFunc
	stopped sync.WaitGroup

	mu     sync.Mutex
	flight chan struct{} // closed when the fetch in flight is done; nil without one
}

func newRemoteKeys(where string, transport http.RoundTripper, tell func(error)) (*remoteKeys, error) {
	address, err := url.Parse(where)
	switch {
	case err != nil || address.Host == "" || address.Scheme != "https" && address.Scheme != "http":
		return nil, errors.New("the JWKS must be a file or an https URL")
	case address.User != nil:
		return nil, errors.New("the URL of the JWKS must hold no password: public keys need none")
	case address.Scheme == "http" && !isLoopback(address.Hostname()):
		return nil, errors.New("with plain http anybody on the way could change the JWKS; use https")
	}
	if transport == nil {
		transport = &http.Transport{Proxy: http.ProxyFromEnvironment, ForceAttemptHTTP2: true, IdleConnTimeout: time.Minute}
	}
	k := &remoteKeys{
		url: where, shown: address.Scheme + "://" + address.Host + address.EscapedPath(), tell: tell, unknown: rate.NewLimiter(rate.Every(unknownEvery), unknownBurst),
		client: &http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }},
	}
	k.ctx, k.stop = context.WithCancel(context.Background())
	k.stopped.Go(k.run)
	return k, nil
}

func isLoopback(host string) bool {
	address := net.ParseIP(host)
	return host == "localhost" || address != nil && address.IsLoopback()
}

// Problem implements keySource.
func (k *remoteKeys) Problem() string {
	if problem := k.problem.Load(); problem != nil {
		return *problem
	}
	return ""
}

// Close implements keySource.
func (k *remoteKeys) Close() {
	k.mu.Lock() // no fetch begins after this
	k.stop()
	k.mu.Unlock()
	k.stopped.Wait()
	k.client.CloseIdleConnections()
}

func (k *remoteKeys) run() {
	for {
		k.refresh(k.ctx)
		wait := refreshEvery
		if k.Problem() != "" {
			wait = retryEvery
		}
		select {
		case <-time.After(wait):
		case <-k.ctx.Done():
			return
		}
	}
}

// find implements keySource.
func (k *remoteKeys) find(ctx context.Context, kid, algorithm string) ([]jose.JSONWebKey, error) {
	if set := k.current.Load(); set != nil {
		if found := set.find(kid, algorithm); len(found) > 0 {
			return found, nil
		}
	}
	k.refreshForUnknown(ctx)
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	set := k.current.Load()
	if set == nil {
		return nil, ErrUnavailable
	}
	return set.find(kid, algorithm), nil
}

// refreshForUnknown joins the fetch in flight, or begins one if there were not too many.
func (k *remoteKeys) refreshForUnknown(ctx context.Context) {
	k.mu.Lock()
	may := k.flight != nil || k.unknown.Allow()
	k.mu.Unlock()
	if may {
		k.refresh(ctx)
	}
}

// refresh fetches the keys, or waits for the fetch in flight, and returns when it is done or ctx is.
func (k *remoteKeys) refresh(ctx context.Context) {
	k.mu.Lock()
	flight := k.flight
	if flight == nil && k.ctx.Err() == nil {
		flight = make(chan struct{})
		k.flight = flight
		k.stopped.Go(func() { k.fetch(flight) })
	}
	k.mu.Unlock()
	if flight == nil {
		return
	}
	select {
	case <-flight:
	case <-ctx.Done():
	}
}

// fetch keeps the keys that were there before if there are none now.
func (k *remoteKeys) fetch(flight chan struct{}) {
	keys, err := k.get()
	switch {
	case err == nil:
		k.current.Store(&keys)
		k.settle(nil)
	case k.ctx.Err() == nil:
		if k.current.Load() == nil {
			err = fmt.Errorf("%w; none were fetched yet, so no JWT can be verified", err)
		}
		k.settle(err)
	}
	k.mu.Lock()
	k.flight = nil
	k.mu.Unlock()
	close(flight)
}

// settle keeps what came of a fetch, and tells of it if it is news.
func (k *remoteKeys) settle(err error) {
	text := ""
	if err != nil {
		text = err.Error()
	}
	before := k.Problem()
	k.problem.Store(&text)
	if text != before {
		k.tell(err)
	}
}

func (k *remoteKeys) get() (keySet, error) {
	ctx, cancel := context.WithTimeout(k.ctx, fetchTimeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, k.url, http.NoBody)
	if err != nil {
		return nil, err
	}
	response, err := k.client.Do(request)
	if err != nil {
		return nil, k.unanswered(err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("the JWKS cannot be fetched: %s answers %d", k.shown, response.StatusCode)
	}
	text, err := io.ReadAll(io.LimitReader(response.Body, maxKeys+1))
	if err != nil {
		return nil, k.unanswered(err)
	}
	if len(text) > maxKeys {
		return nil, fmt.Errorf("the JWKS at %s is larger than %d bytes", k.shown, maxKeys)
	}
	keys, err := parseKeys(text)
	if err != nil {
		return nil, fmt.Errorf("the JWKS at %s: %w", k.shown, err)
	}
	return keys, nil
}

// unanswered leaves the URL away that net/http puts into its errors, query and all.
func (k *remoteKeys) unanswered(err error) error {
	if withURL, ok := errors.AsType[*url.Error](err); ok {
		err = withURL.Err
	}
	return fmt.Errorf("the JWKS cannot be fetched from %s: %w", k.shown, err)
}
