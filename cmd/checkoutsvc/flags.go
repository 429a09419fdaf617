package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/netip"
	"strings"
)

// parse reads flags, and from the environment those that were not given: --grpc-listen is CHECKOUTSVC_GRPC_LISTEN.
func parse(flags *flag.FlagSet, args []string, env func(string) (string, bool), stderr io.Writer) error {
	flags.SetOutput(io.Discard)
	flags.Usage = func() {}
	if err := flags.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			usage(flags, stderr)
			return err
		}
		return usageError{fmt.Errorf("%w; see checkoutsvc %s -h", err, flags.Name())}
	}
	if flags.NArg() > 0 {
		return usageError{fmt.Errorf("%q is no flag; see checkoutsvc %s -h", flags.Arg(0), flags.Name())}
	}
	given := map[string]bool{}
	flags.Visit(func(f *flag.Flag) { given[f.Name] = true })
	var errs []error
	flags.VisitAll(func(f *flag.Flag) {
		if value, ok := env(envName(flags, f)); ok && !given[f.Name] {
			if err := flags.Set(f.Name, value); err != nil {
				errs = append(errs, fmt.Errorf("%s: %q is no value for it (%w)", envName(flags, f), value, err))
			}
		}
	})
	if len(errs) > 0 {
		return usageError{errors.Join(errs...)}
	}
	return nil
}

// envName is the variable of a flag. Those of the emulator's begin with its name: CHECKOUTSVC_TOKEN would be taken for a caller's token.
func envName(flags *flag.FlagSet, f *flag.Flag) string {
	name := f.Name
	if flags.Name() == "emulator" {
		name = flags.Name() + "-" + name
	}
	return "CHECKOUTSVC_" + strings.ToUpper(strings.ReplaceAll(name, "-", "_"))
}

// usage prints each flag with its environment variable.
func usage(flags *flag.FlagSet, w io.Writer) {
	fmt.Fprintf(w, "Flags of checkoutsvc %s, each also as an environment variable:\n\n", flags.Name())
	flags.VisitAll(func(f *flag.Flag) {
		fmt.Fprintf(w, "  --%s  (%s", f.Name, envName(flags, f))
		if f.DefValue != "" {
			fmt.Fprintf(w, ", default %s", f.DefValue)
		}
		fmt.Fprintf(w, ")\n        %s\n", strings.ReplaceAll(f.Usage, "\n", "\n        "))
	})
}

// loopback refuses an address that others could reach, and says why it must not be.
func loopback(flag, address, why string) error {
	host, err := hostOf(flag, address)
	if err != nil || isLoopback(host) {
		return err
	}
	return usageError{fmt.Errorf("--%s: %q can be reached from outside: %s", flag, address, why)}
}

// loopbackOrNone does the same for an address that may be switched off.
func loopbackOrNone(flag, address, why string) error {
	if address == "" {
		return nil
	}
	return loopback(flag, address, why)
}

func hostOf(flag, address string) (string, error) {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return "", usageError{fmt.Errorf("--%s: %q is no host:port", flag, address)}
	}
	return host, nil
}

func isLoopback(host string) bool {
	if host == "localhost" {
		return true
	}
	address, err := netip.ParseAddr(host)
	return err == nil && address.IsLoopback()
}
