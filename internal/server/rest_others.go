package server

import (
	"cmp"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/grpc-ecosystem/grpc-gateway/v2/runtime"
	"github.com/rs/cors"

	"github.com/checkoutsvc/checkoutsvc/internal/docs"
	"github.com/checkoutsvc/checkoutsvc/internal/polarhttp"
)

// newREST makes the REST server: the facade, what stands beside it, CORS for browsers unless buyers have a server of their
// own, and in front what keeps strangers out.
func newREST(config *Config, gateway *runtime.ServeMux, access *access, out *outbound) *http.Server {
	prefix := strings.TrimSuffix(config.RESTPrefix, "/")
	others := documented(prefix, notServed(prefix, everyOperation))
	if config.ForwardOtherPaths {
		others = access.callersOnly(forward(prefix, config.Polar, out.limiter))
	}
	var handler http.Handler = &facade{
		gateway: gateway, traces: config.Telemetry, prefix: prefix, forwardAuthorization: config.Polar.ForwardAuthorization, others: others, served: everyOperation, maxBody: maxBody,
		access: access, open: config.ClientOperations != Scoped, buyers: newBuyers(config.BuyerIPHeader, config.TrustedProxies),
	}
	if len(config.CORSOrigins) > 0 && config.BuyerListen == "" {
		handler = allowOrigins(config.CORSOrigins).Handler(handler)
	}
	if config.Callers == nil && !config.AnyHost {
		handler = loopbackHostsOnly(handler)
	}
	return newHTTP(config, handler, out)
}

// newBuyerServer makes the server for buyers' browsers: their three operations, open to who knows the client secret.
func newBuyerServer(config *Config, gateway *runtime.ServeMux, access *access, out *outbound) *http.Server {
	prefix := strings.TrimSuffix(config.RESTPrefix, "/")
	var handler http.Handler = &facade{
		gateway: gateway, traces: config.Telemetry, prefix: prefix, forwardAuthorization: config.Polar.ForwardAuthorization,
		others: notServed(prefix, buyersOperations), served: buyersOperations, maxBody: maxBuyerBody, access: access, open: true, strangers: true,
		buyers: newBuyers(config.BuyerIPHeader, config.TrustedProxies), limit: newAddressLimit(config.BuyerRate),
	}
	if len(config.CORSOrigins) > 0 {
		handler = allowOrigins(config.CORSOrigins).Handler(handler)
	}
	return newHTTP(config, handler, out)
}

func newHTTP(config *Config, handler http.Handler, out *outbound) *http.Server {
	seen := &visited{next: endAtChunks(handler), logger: config.Logger, metrics: out.metrics, buyers: newBuyers(config.BuyerIPHeader, config.TrustedProxies)}
	return &http.Server{
		Handler:     seen,
		ConnContext: withConn,
		// A slow sender may not hold a connection for ever; an answer has no bound of its own, since a confirm takes what
		// Polar takes.
		ReadHeaderTimeout: cmp.Or(config.HeaderTimeout, 10*time.Second),
		ReadTimeout:       cmp.Or(config.BodyTimeout, 60*time.Second),
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    maxHeader,
		ErrorLog:          slog.NewLogLogger(serverLog{config.Logger.Handler()}, slog.LevelDebug),
	}
}

// endAtChunks lets nothing follow a chunked request on its connection. It may have had a length as well, which net/http
// drops; whoever stands in front and went by that length takes for its body what we would take for the next request.
func endAtChunks(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if len(r.TransferEncoding) > 0 {
			w.Header().Set("Connection", "close")
		}
		next.ServeHTTP(w, r)
	})
}

// allowOrigins answers browsers as Polar does (B 7.2), for the origins that were named: no credentials, and the headers
// that the SDKs send and read.
func allowOrigins(origins []string) *cors.Cors {
	return cors.New(cors.Options{
		AllowedOrigins: origins,
		AllowedMethods: []string{http.MethodGet, http.MethodPost, http.MethodPatch},
		AllowedHeaders: []string{"Accept", "Accept-Language", "Authorization", "Content-Language", "Content-Type", "Polar-Version", "Polar-Organization", "Idempotency-Key"},
		ExposedHeaders: []string{"Polar-Version", "Retry-After"},
		MaxAge:         600,
	})
}

// documented serves the documentation at the paths that it has; it is unpacked when somebody first looks at it.
func documented(prefix string, others http.Handler) http.Handler {
	pages := sync.OnceValue(docs.Handler)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		path := rawPath(r, prefix)
		if !docs.Serves(path) {
			others.ServeHTTP(w, r)
			return
		}
		below := r.Clone(r.Context())
		below.URL.Path, below.URL.RawPath = path, ""
		pages().ServeHTTP(w, below)
	})
}

// served is which operations a server has, and what it says of itself to who asks for others.
type served struct {
	operation func(*polarhttp.Operation) bool
	is        string
}

var (
	everyOperation = served{func(*polarhttp.Operation) bool { return true }, "This is checkoutsvc, which serves the seven checkout operations of Polar's API below /v1/checkouts/ and nothing else; " +
		"call Polar itself for other paths, or start checkoutsvc with --credentials=caller --other-paths=forward."}
	buyersOperations = served{func(op *polarhttp.Operation) bool { return op.Credential == polarhttp.Buyer }, "This is checkoutsvc's address for buyers, " +
		"which serves the three operations below /v1/checkouts/client/ and nothing else."}
)

// notServed answers every path that is none of the server's operations: another method of a known path as Polar does (B 3.7), and
// anything else with what this server is.
func notServed(prefix string, here served) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if at, allow, ok := knownPath(rawPath(r, prefix)); ok && here.operation(at.operation) {
			w.Header().Set("Allow", allow)
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(http.StatusMethodNotAllowed)
			_, _ = io.WriteString(w, `{"detail":"Method Not Allowed"}`)
			return
		}
		writeError(w, http.StatusNotImplemented, "NotServedHere", here.is)
	})
}
