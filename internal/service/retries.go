package service

import (
	"math"
	"time"

	pb "github.com/checkoutsvc/checkoutsvc/gen/go/polar/checkouts/v1"
	"github.com/checkoutsvc/checkoutsvc/internal/upstream"
)

// longest is the longest pause that a RetryConfig may name; beyond it the numbers lose their meaning.
const longest = 24 * time.Hour

// retriesOf takes a caller's RetryConfig with the defaults of Polar's SDKs, or names the field that makes no sense.
func retriesOf(config *pb.RetryConfig) (upstream.Retries, error) {
	switch config.GetStrategy() {
	case pb.RetryStrategy_RETRY_STRATEGY_UNSPECIFIED:
		return upstream.Retries{}, InvalidArgument("retries.strategy", "must be set: NONE or BACKOFF; to leave it to the service, leave retries out")
	case pb.RetryStrategy_RETRY_STRATEGY_NONE:
		return upstream.Retries{Strategy: upstream.None}, nil
	case pb.RetryStrategy_RETRY_STRATEGY_BACKOFF:
	default:
		return upstream.Retries{}, InvalidArgument("retries.strategy", "is not known to this version; use NONE or BACKOFF")
	}
	retries := upstream.BackoffDefaults()
	retries.RetryConnectionErrors = config.GetRetryConnectionErrors()
	backoff := config.GetBackoff()
	if backoff == nil {
		return retries, nil
	}
	for _, field := range []struct {
		name   string
		millis *int64
		to     *time.Duration
	}{
		{"initial_interval", backoff.InitialInterval, &retries.InitialInterval},
		{"max_interval", backoff.MaxInterval, &retries.MaxInterval},
		{"max_elapsed_time", backoff.MaxElapsedTime, &retries.MaxElapsedTime},
	} {
		if field.millis == nil {
			continue
		}
		if *field.millis < 0 || *field.millis > longest.Milliseconds() {
			return upstream.Retries{}, InvalidArgument("retries.backoff."+field.name, "must be between 0 and 86400000 milliseconds")
		}
		*field.to = time.Duration(*field.millis) * time.Millisecond
	}
	if exponent := backoff.Exponent; exponent != nil {
		if !(*exponent >= 0) || math.IsInf(*exponent, 0) {
			return upstream.Retries{}, InvalidArgument("retries.backoff.exponent", "must be a number from 0")
		}
		retries.Exponent = *exponent
	}
	return retries, nil
}
