package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// told is what the example prints, with what differs from run to run left out.
const told = `A purchase through checkoutsvc at ADDRESS

1. The merchant creates a checkout, with a discount and notes of its own.
   id        UUID
   product   Handbook
   price     10.00 USD
   discount  Half off, -5.00 USD
   metadata  campaign = "spring", visits = 3
   page      https://polar.sh/checkout/SECRET

2. The buyer opens it; the client secret is all it takes.
   seller    Demo Inc
   status    open, until TIME
   to pay    5.00 USD

3. The buyer gives an address, and Polar computes the tax.
   buyer     Grace Hopper, grace@example.org
   address   12 rue des Lilas, 75001 Paris, FR
   net       4.17 USD
   tax       0.83 USD
   to pay    5.00 USD

4. The buyer pays.
   status    confirmed: the payment has begun, nothing is paid yet

5. The merchant waits for the money.
   status    succeeded after SECONDS
   so        deliver

6. The merchant looks at what was sold.
   sold      1, the latest:
             TIME    5.00 USD  grace@example.org

7. The buyer clicks on Pay once more.
   error     NOT_OPEN_CHECKOUT (FailedPrecondition, HTTP 403)
   type      *checkouts.NotOpenCheckout with the status succeeded
   so        it is paid already; nothing is charged twice
`

// The example against the real program on its embedded Polar, as a newcomer runs it.
func TestPurchase(t *testing.T) {
	addr := startService(t)
	got, err := purchaseAt(t, addr)
	if err != nil {
		t.Fatalf("%v after\n%s", err, got)
	}
	got = strings.ReplaceAll(got, addr, "ADDRESS")
	for _, varying := range []struct{ pattern, name string }{
		{`[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}`, "UUID"},
		{`polar_c_\w{4}…`, "SECRET"},
		{`\d+ \w{3} \d\d:\d\d UTC`, "TIME"},
		{`( +status +confirmed after .*\n)+`, ""},
		{`\d\.\d s`, "SECONDS"},
	} {
		got = regexp.MustCompile(varying.pattern).ReplaceAllString(got, varying.name)
	}
	if diff := cmp.Diff(told, got); diff != "" {
		t.Errorf("told (-want +got):\n%s", diff)
	}

	for _, c := range []struct{ name, flag, value, wantErr string }{
		{"refused card", "-confirmation-token", "ctoken_decline", "PaymentError: The payment failed: Your card was declined."},
		{"payment that fails later", "-confirmation-token", "ctoken_faillater", "the payment failed; the checkout is open"},
		{"unknown product", "-product", "0b000000-0000-4000-8000-0000000000ff", "-product and -discount take ids of your own catalogue"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := purchaseAt(t, addr, c.flag, c.value)
			if err == nil || !strings.Contains(err.Error(), c.wantErr) {
				t.Errorf("got the error %v", err)
			}
		})
	}
}

func TestNobodyThere(t *testing.T) {
	told, err := purchaseAt(t, "127.0.0.1:1")
	want := "no checkoutsvc answers at 127.0.0.1:1; start one with `make run`, or name another with -addr"
	if err == nil || err.Error() != want || told != "" {
		t.Errorf("got the error %v after %q", err, told)
	}
}

func TestWrongFlags(t *testing.T) {
	for _, args := range [][]string{{"-price", "1"}, {"now"}} {
		var said strings.Builder
		if err := run(t.Context(), args, io.Discard, &said); !errors.Is(err, errUsage) {
			t.Errorf("%v: got the error %v", args, err)
		}
		if !strings.Contains(said.String(), strings.TrimPrefix(args[0], "-")) {
			t.Errorf("%v: said only %q", args, said.String())
		}
	}
}

func TestMoney(t *testing.T) {
	for want, c := range map[string]struct {
		amount   int64
		currency string
	}{
		"0.05 USD":  {5, "usd"},
		"-5.00 EUR": {-500, "eur"},
		"1200 JPY":  {1200, "jpy"},
	} {
		if got := money(c.amount, c.currency); got != want {
			t.Errorf("got %q, not %q", got, want)
		}
	}
}

func purchaseAt(t *testing.T, addr string, args ...string) (string, error) {
	t.Helper()
	var out strings.Builder
	err := run(t.Context(), append([]string{"-addr", addr}, args...), &out, io.Discard)
	return out.String(), err
}

// startService builds and starts the program, and gives the address of its gRPC port. It ends with the test.
func startService(t *testing.T) (addr string) {
	t.Helper()
	program := filepath.Join(t.TempDir(), "checkoutsvc")
	build := exec.CommandContext(t.Context(), "go", "build", "-o", program, "../../cmd/checkoutsvc")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	service := exec.CommandContext(ctx, program, "serve", "--polar=embedded")
	service.Cancel = func() error { return service.Process.Signal(os.Interrupt) }
	service.WaitDelay = 10 * time.Second // then it is killed
	service.Env = listenAnywhere()
	log, err := service.StderrPipe()
	if err == nil {
		err = service.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		stop()
		_ = service.Wait() // reports the interrupt
	})
	lines := bufio.NewScanner(log)
	for lines.Scan() {
		var line struct{ Msg, GRPC string }
		if json.Unmarshal(lines.Bytes(), &line) == nil && line.Msg == "listening" {
			go func() { _, _ = io.Copy(io.Discard, log) }() // ends with the program
			return line.GRPC
		}
	}
	t.Fatal("the service did not start")
	return ""
}

// listenAnywhere is the environment with every listener of the service on a free port.
func listenAnywhere() []string {
	env := os.Environ()
	for _, listener := range []string{"GRPC", "REST", "ADMIN", "EMULATOR"} {
		env = append(env, "CHECKOUTSVC_"+listener+"_LISTEN=127.0.0.1:0")
	}
	return env
}
