package main

import (
	"context"
	"log/slog"
	"time"

	"github.com/checkoutsvc/checkoutsvc/internal/server"
	"github.com/checkoutsvc/checkoutsvc/internal/telemetry"
)

// telemetryTimeout is how long the last traces and metrics may take to be sent.
const telemetryTimeout = 5 * time.Second

// checkTelemetry refuses what no collector can be reached by.
func (o *options) checkTelemetry() error {
	if err := (&telemetry.Config{Endpoint: o.otlpEndpoint, Ratio: o.traceRatio}).Check(); err != nil {
		return usageError{err}
	}
	return nil
}

// telemetry starts to send traces and metrics, if that is wanted, and says in the log which trace a line belongs to.
// What it gives sends the rest.
func (o *options) telemetry(ctx context.Context, config *server.Config, env func(string) (string, bool)) (stop func(), err error) {
	logger := config.Logger
	sent, err := telemetry.New(ctx, telemetry.Config{
		Endpoint: o.otlpEndpoint, Ratio: o.traceRatio, SendToPolar: o.sendTraceToPolar,
		Polar: config.Polar.BaseURL, Version: version(), Logger: logger, Env: env,
	})
	if err != nil {
		return nil, usageError{err}
	}
	config.Telemetry, config.Logger = sent, slog.New(sent.Log(logger.Handler()))
	return func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), telemetryTimeout)
		defer cancel()
		if err := sent.Close(ctx); err != nil {
			logger.Warn("the last traces or metrics could not be sent", "cause", err)
		}
	}, nil
}
