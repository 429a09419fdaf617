package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"

	"github.com/checkoutsvc/checkoutsvc/internal/emulator"
)

// emulatorStays is why the built-in Polar is for this machine alone.
const emulatorStays = "the built-in Polar lets everybody set its clock and its answers; use 127.0.0.1 or [::1]"

// emulate serves the built-in Polar alone until ctx ends.
func emulate(ctx context.Context, args []string, env func(string) (string, bool), stderr io.Writer) error {
	flags := flag.NewFlagSet("emulator", flag.ContinueOnError)
	listen := flags.String("listen", "127.0.0.1:8090", "address of the built-in Polar")
	token := flags.String("token", emulator.DefaultToken, "organization access token of the demo organization, with all scopes")
	if err := parse(flags, args, env, stderr); err != nil {
		return err
	}
	if err := loopback("listen", *listen, emulatorStays); err != nil {
		return err
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", *listen)
	if err != nil {
		return fmt.Errorf("--listen: %w", err)
	}
	fake := emulator.New(emulator.Options{Token: *token})
	defer fake.Close()
	server := &http.Server{Handler: fake, ReadHeaderTimeout: 10 * time.Second}
	stop := context.AfterFunc(ctx, func() { _ = server.Close() })
	defer stop()
	fmt.Fprintf(stderr, "the built-in Polar answers at http://%s; no payment is real, and everything is forgotten at the end\n", listener.Addr())
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}
