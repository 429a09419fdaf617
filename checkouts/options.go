package checkouts

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
)

// WithToken has every call carry a bearer token that the service knows the caller by. The token is not sent in plain text
// to another machine: Dial refuses that. It is in no error and no log of this package.
func WithToken(token string) grpc.DialOption {
	header := map[string]string{"authorization": "Bearer " + strings.TrimSpace(token)} // a file's last newline is no token's
	return option{apply: func(s *settings) {
		s.token = func(context.Context) (map[string]string, error) { return header, nil }
	}}
}

// WithTokenFrom is WithToken for tokens that change: source is asked at every call, by many at once, and should remember
// what it fetched. If it fails, the call fails with codes.Unauthenticated and is not sent.
func WithTokenFrom(source func(context.Context) (string, error)) grpc.DialOption {
	return option{apply: func(s *settings) {
		s.token = func(ctx context.Context) (map[string]string, error) {
			token, err := source(ctx)
			if err != nil {
				return nil, err
			}
			return map[string]string{"authorization": "Bearer " + strings.TrimSpace(token)}, nil
		}
	}}
}

// WithOrganization has every call say which of the service's organizations it is for, by its id. A service that has only
// one needs none. A program that serves many adds the metadata "polar-organization" to each call's context instead.
func WithOrganization(id string) grpc.DialOption {
	return grpc.WithPerRPCCredentials(organization{"polar-organization": id})
}

// WithTimeout bounds every call whose context gives no earlier deadline. Without it that is 30 seconds for reads and
// updates, and 65 for creates and confirms, which the service sees through for 60 once they are sent.
func WithTimeout(timeout time.Duration) grpc.DialOption {
	return option{apply: func(s *settings) { s.quick, s.thorough = timeout, timeout }}
}

// settings is what the options of this package say.
type settings struct {
	token           func(context.Context) (map[string]string, error)
	quick, thorough time.Duration
}

// option is one of them. To gRPC it says nothing.
type option struct {
	grpc.EmptyDialOption
	apply func(*settings)
}

// settingsIn reads this package's own options.
func settingsIn(opts []grpc.DialOption) settings {
	s := settings{quick: 30 * time.Second, thorough: 65 * time.Second}
	for _, opt := range opts {
		if own, ok := opt.(option); ok {
			own.apply(&s)
		}
	}
	return s
}

// bearer adds the token to each call.
type bearer struct {
	header    func(context.Context) (map[string]string, error)
	plainText bool // is allowed
}

// GetRequestMetadata gives the header.
func (b bearer) GetRequestMetadata(ctx context.Context, _ ...string) (map[string]string, error) {
	return b.header(ctx)
}

// RequireTransportSecurity makes gRPC refuse plain text.
func (b bearer) RequireTransportSecurity() bool { return !b.plainText }

// organization adds a header to each call that is no secret.
type organization map[string]string

// GetRequestMetadata gives the header.
func (o organization) GetRequestMetadata(context.Context, ...string) (map[string]string, error) {
	return o, nil
}

// RequireTransportSecurity leaves the choice to others.
func (o organization) RequireTransportSecurity() bool { return false }

var (
	_ credentials.PerRPCCredentials = bearer{}
	_ credentials.PerRPCCredentials = organization{}
)

const serviceName = "polar.checkouts.v1.CheckoutService"

// serviceConfig spreads calls over all addresses of the target, bounds them, and repeats the three reads, and only them,
// where the service could not be reached or could not reach Polar. Writes are repeated by nobody but the service (B 8.3).
func (s settings) serviceConfig() string {
	methods := func(timeout time.Duration, retry any, names ...string) map[string]any {
		list := make([]any, len(names))
		for i, name := range names {
			list[i] = map[string]string{"service": serviceName, "method": name}
		}
		return map[string]any{"name": list, "timeout": fmt.Sprintf("%.9fs", timeout.Seconds()), "retryPolicy": retry}
	}
	again := map[string]any{
		"maxAttempts": 3, "initialBackoff": "0.1s", "maxBackoff": "1s", "backoffMultiplier": 3, "retryableStatusCodes": []string{"UNAVAILABLE"},
	}
	config, err := json.Marshal(map[string]any{
		"loadBalancingConfig": []any{map[string]any{"round_robin": struct{}{}}},
		"methodConfig": []any{
			methods(s.quick, again, "ListCheckouts", "GetCheckout", "GetClientCheckout"),
			methods(s.quick, nil, "UpdateCheckout", "UpdateClientCheckout"),
			methods(s.thorough, nil, "CreateCheckout", "ConfirmClientCheckout"),
		},
		"retryThrottling": map[string]any{"maxTokens": 10, "tokenRatio": 0.1},
	})
	if err != nil {
		panic(err) // not reached: texts and numbers
	}
	return string(config)
}
