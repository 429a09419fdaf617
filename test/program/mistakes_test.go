package program

import (
	"net"
	"path/filepath"
	"strings"
	"testing"
)

const (
	usage  = 2 // the call was wrong
	failed = 1 // the call was right, and something else was not
)

// mistake is a call that cannot work, and what the program says to it.
type mistake struct {
	about string
	env   []string
	args  []string
	code  int
	// says are parts of the one line on standard error.
	says []string
}

func serve(args ...string) []string { return append([]string{"serve"}, args...) }

func TestMistakes(t *testing.T) {
	withToken := []string{"POLAR_ACCESS_TOKEN=" + token}
	for _, m := range []mistake{
		{"no such command", nil, []string{"start"}, usage, []string{`no command "start"`, "serve", "emulator", "version"}},
		{"no such flag", nil, serve("--polar=embedded", "--grpc=1"), usage, []string{"-grpc", "serve -h"}},
		{"a word too many", nil, serve("--polar=embedded", "now"), usage, []string{`"now"`}},
		{"a flag's value is none", nil, serve("--polar=embedded", "--drain-timeout=long"), usage, []string{"drain-timeout", "long"}},
		{"a variable's value is none", []string{"CHECKOUTSVC_DRAIN_TIMEOUT=long"}, serve("--polar=embedded"), usage, []string{"CHECKOUTSVC_DRAIN_TIMEOUT"}},
		{"a duration that is over at once", nil, serve("--polar=embedded", "--drain-timeout=0s"), usage, []string{"--drain-timeout"}},
		{"no token", nil, serve("--polar=sandbox"), usage, []string{"POLAR_ACCESS_TOKEN", "--polar-token-file", "--credentials=caller"}},
		{"an empty token", []string{"POLAR_ACCESS_TOKEN= "}, serve("--polar=sandbox"), usage, []string{"no Polar token"}},
		{"a token of two lines", []string{"POLAR_ACCESS_TOKEN=" + token + "\nx"}, serve("--polar=sandbox"), usage, []string{"POLAR_ACCESS_TOKEN", "more than one line"}},
		{"a token file that is not there", nil, serve("--polar=sandbox", "--polar-token-file=nowhere"), failed, []string{"--polar-token-file", "nowhere", "no such file"}},
		{"an empty token file", nil, serve("--polar=sandbox", "--polar-token-file="+file(t, "\n")), failed, []string{"--polar-token-file", "the token is empty"}},
		{"a token file of two lines", nil, serve("--polar=sandbox", "--polar-token-file="+file(t, token+"\n"+token)), failed, []string{"--polar-token-file", "more than one line"}},
		{"a folder for a token file", nil, serve("--polar=sandbox", "--polar-token-file="+t.TempDir()), failed, []string{"--polar-token-file", "directory"}},
		{"an address without a port", nil, serve("--polar=embedded", "--grpc-listen=127.0.0.1"), usage, []string{"--grpc-listen", "host:port"}},
		{"gRPC for everybody", nil, serve("--polar=embedded", "--grpc-listen=0.0.0.0:9090"), usage, []string{"--grpc-listen", "say who may call", "127.0.0.1"}},
		{"REST for everybody", nil, serve("--polar=embedded", "--rest-listen=:8080"), usage, []string{"--rest-listen", "127.0.0.1"}},
		{"operators' for everybody", nil, serve("--polar=embedded", "--callers-file=x", "--admin-listen=0.0.0.0:9091"), usage, []string{"--admin-listen", "profiles", "--metrics-listen"}},
		{"a certificate without its key", nil, serve("--polar=embedded", "--tls-cert-file=x"), usage, []string{"--tls-cert-file", "--tls-key-file"}},
		{"a certificate that is not there", nil, serve("--polar=embedded", "--tls-cert-file=nowhere", "--tls-key-file=nowhere"), failed, []string{"--tls-cert-file", "nowhere", "no such file"}},
		{"clients' authorities without TLS", nil, serve("--polar=embedded", "--tls-client-ca-file=x"), usage, []string{"--tls-client-ca-file", "--tls-cert-file"}},
		{"a callers file that is not there", nil, serve("--polar=embedded", "--callers-file=nowhere"), failed, []string{"--callers-file", "nowhere", "no such file"}},
		{"a token in clear in the callers file", nil, serve("--polar=embedded", "--callers-file="+file(t, `{"callers":[{"name":"shop","token":"`+token+`"}]}`)), failed, []string{"--callers-file", `"token"`}},
		{"callers and everybody", nil, serve("--polar=embedded", "--callers-file=x", "--allow-unauthenticated-callers"), usage, []string{"--allow-unauthenticated-callers", "--callers-file"}},
		{"JWTs of nobody", nil, serve("--polar=embedded", "--jwt-jwks=x"), usage, []string{"--jwt-issuer", "--jwt-audience"}},
		{"JWTs without signature", nil, serve("--polar=embedded", "--jwt-jwks=x", "--jwt-issuer=x", "--jwt-audience=x", "--jwt-algorithms=none"), usage, []string{"none", "ES256"}},
		{"callers' tokens, and others for Polar in the same header", nil, serve("--polar=embedded", "--credentials=caller", "--callers-file="+file(t, `{"callers":[]}`)), usage, []string{"--credentials=caller", "--tls-client-ca-file"}},
		{"what buyers need", nil, serve("--polar=embedded", "--client-operations=closed"), usage, []string{"--client-operations", "open", "scoped"}},
		{"a buyer's address from anybody", nil, serve("--polar=embedded", "--buyer-ip-header=X-Forwarded-For"), usage, []string{"--buyer-ip-header", "--trusted-proxies"}},
		{"a proxy's name", nil, serve("--polar=embedded", "--buyer-ip-header=X-Forwarded-For", "--trusted-proxies=proxy.internal"), usage, []string{"--trusted-proxies", `"proxy.internal"`, "10.0.0.0/8"}},
		{"an organizations file that is none", nil, serve("--polar=sandbox", "--organizations-file="+file(t, `{"shop":"`+token+`"}`)), failed, []string{"--organizations-file", "shop"}},
		{"organizations of strangers' choice", nil, serve("--polar=sandbox", "--organizations-file=x", "--client-token=service", "--callers-file=x"), usage, []string{"--client-token=service", "--organizations-file", "--client-operations=scoped"}},
		{"organizations of certificates that nobody lists", nil, serve("--polar=sandbox", "--organizations-file=x", "--tls-cert-file=x", "--tls-key-file=x", "--tls-client-ca-file=x"), usage, []string{"--organizations-file", "--callers-file"}},
		{"one token and several", nil, serve("--polar=sandbox", "--organizations-file=x", "--polar-token-file=y"), usage, []string{"--organizations-file", "--polar-token-file"}},
		{"the emulator for everybody", nil, serve("--polar=embedded", "--emulator-listen=[::]:8090"), usage, []string{"--emulator-listen"}},
		{"the emulator alone for everybody", nil, []string{"emulator", "--listen=0.0.0.0:8090"}, usage, []string{"--listen"}},
		{"plain http to another machine", withToken, serve("--polar=http://polar.example.com"), usage, []string{"plain http", "https://polar.example.com"}},
		{"a password in the URL", withToken, serve("--polar=https://user:" + token + "@polar.example.com"), usage, []string{"--polar", "no user"}},
		{"a query in the URL", withToken, serve("--polar=https://polar.example.com/?x=" + token), usage, []string{"--polar", "query"}},
		{"whose credentials", nil, serve("--polar=embedded", "--credentials=mine"), usage, []string{"--credentials", `"mine"`, "service", "caller"}},
		{"callers' tokens and one of ours", nil, serve("--polar=sandbox", "--credentials=caller", "--polar-token-file=x"), usage, []string{"--credentials=caller", "--polar-token-file"}},
		{"callers' tokens and ours for buyers", nil, serve("--polar=sandbox", "--credentials=caller", "--client-token=service"), usage, []string{"--credentials=caller", "--client-token"}},
		{"forwarding with the service's token", withToken, serve("--polar=sandbox", "--other-paths=forward"), usage, []string{"--other-paths=forward", "--credentials=caller"}},
		{"other paths", nil, serve("--polar=embedded", "--other-paths=some"), usage, []string{"--other-paths", `"some"`, "refuse", "forward"}},
		{"a prefix without a slash", nil, serve("--polar=embedded", "--rest-prefix=polar"), usage, []string{"--rest-prefix", "slash"}},
		{"a store that is none", nil, serve("--polar=embedded", "--store=disk"), failed, []string{"--store", "memory", "file:PATH", "redis://HOST"}},
		{"a sealing key that is not there", nil, serve("--polar=embedded", "--store=file:x", "--store-key-file=nowhere"), failed, []string{"--store", "nowhere", "no such file"}},
		{"authorities without TLS", nil, serve("--polar=embedded", "--store=file:"+filepath.Join(t.TempDir(), "records"), "--store-ca-file=x"), failed, []string{"--store", "rediss://"}},
		{"a collector without a scheme", nil, serve("--polar=embedded", "--otlp-endpoint=collector:4318"), usage, []string{"--otlp-endpoint", "http://127.0.0.1:4318"}},
		{"a collector's password in the URL", nil, serve("--polar=embedded", "--otlp-endpoint=http://me:"+token+"@collector"), usage, []string{"--otlp-endpoint", "OTEL_EXPORTER_OTLP_HEADERS"}},
		{"more traces than calls", nil, serve("--polar=embedded", "--trace-ratio=2"), usage, []string{"--trace-ratio", "from 0 to 1"}},
		{
			"a protocol that no collector speaks",
			[]string{"OTEL_EXPORTER_OTLP_PROTOCOL=http/json"},
			serve("--polar=embedded", "--emulator-listen=127.0.0.1:0", "--otlp-endpoint=http://127.0.0.1:1"), usage,
			[]string{"OTEL_EXPORTER_OTLP_PROTOCOL", "grpc", "http/protobuf"},
		},
		{"a key for memory", nil, serve("--polar=embedded", "--store-key-file=x"), usage, []string{"--store=memory", "--store-key-file"}},
		{"whose limits", nil, serve("--polar=embedded", "--polar-limits=mine"), usage, []string{"--polar-limits", `"mine"`, "production", "sandbox"}},
		{"a share that is no number", nil, serve("--polar=embedded", "--polar-share=NaN"), usage, []string{"--polar-share", "NaN"}},
		{"an origin that is none", nil, serve("--polar=embedded", "--cors-origins=shop"), usage, []string{"--cors-origins", `"shop"`}},
		{"an origin with a path", nil, serve("--polar=embedded", "--cors-origins=https://shop.example.com/"), usage, []string{"--cors-origins", "slash"}},
		{"an origin of nobody", nil, serve("--polar=embedded", "--cors-origins=https://"), usage, []string{"--cors-origins"}},
		{"a caller where nobody is asked", nil, serve("--polar=embedded", "--client-operations=scoped"), usage, []string{"--client-operations=scoped", "--callers-file"}},
		{"a header that is none", nil, serve("--polar=embedded", "--buyer-ip-header=X Forwarded: For", "--trusted-proxies=10.0.0.0/8"), usage, []string{"--buyer-ip-header"}},
		{"a header that is a secret", nil, serve("--polar=embedded", "--buyer-ip-header=Authorization", "--trusted-proxies=10.0.0.0/8"), usage, []string{"--buyer-ip-header"}},
		{"trust in everybody", nil, serve("--polar=embedded", "--buyer-ip-header=X-Forwarded-For", "--trusted-proxies=0.0.0.0/0"), usage, []string{"--trusted-proxies", "0.0.0.0/0"}},
		{"trust in everybody, mapped", nil, serve("--polar=embedded", "--buyer-ip-header=X-Forwarded-For", "--trusted-proxies=::ffff:0.0.0.0/96"), usage, []string{"--trusted-proxies", "0.0.0.0/0"}},
		{"a version of two lines", nil, serve("--polar=embedded", "--polar-version=2026\n10"), usage, []string{"--polar-version"}},
		{"a prefix that is no path", nil, serve("--polar=embedded", "--rest-prefix=/po lar?x"), usage, []string{"--rest-prefix"}},
		{"algorithms of nobody", nil, serve("--polar=embedded", "--jwt-algorithms=none"), usage, []string{"--jwt-algorithms", "--jwt-jwks"}},
		{"a guard that lifts too early", nil, serve("--polar=embedded", "--confirm-guard=1s"), usage, []string{"--confirm-guard", "2m"}},
		{"none of Polar's limit", nil, serve("--polar=embedded", "--polar-share=0"), usage, []string{"--polar-share", "above 0"}},
		{"a level that is none", nil, serve("--polar=embedded", "--log-level=LOUD"), usage, []string{"log-level"}},
	} {
		t.Run(m.about, func(t *testing.T) { m.check(t) })
	}
	t.Run("a token file that cannot be read", func(t *testing.T) {
		// A folder cannot be read by anybody, not even by root.
		m := mistake{args: serve("--polar=sandbox", "--polar-token-file="+t.TempDir()), code: failed, says: []string{"--polar-token-file", "is a directory"}}
		m.check(t)
	})
}

func (m *mistake) check(t *testing.T) {
	t.Helper()
	r := run(t, m.env, m.args...)
	if r.code != m.code {
		t.Errorf("exit %d, want %d", r.code, m.code)
	}
	if r.stdout != "" {
		t.Errorf("standard output is for results, not for %q", r.stdout)
	}
	if !strings.HasPrefix(r.stderr, "checkoutsvc: ") || strings.Count(r.stderr, "\n") != 1 {
		t.Errorf("want one line, got:\n%s", r.stderr)
	}
	for _, part := range m.says {
		if !strings.Contains(r.stderr, part) {
			t.Errorf("want %q in %s", part, r.stderr)
		}
	}
}

// TestWhichPolar: there is no default, and the error explains the choice.
func TestWhichPolar(t *testing.T) {
	for _, args := range [][]string{serve(), serve("--polar="), serve("--polar=somewhere"), serve("--polar=ftp://polar.example.com")} {
		r := run(t, nil, args...)
		if r.code != usage || r.stdout != "" {
			t.Errorf("%q: exit %d, standard output %q", args, r.code, r.stdout)
		}
		for _, choice := range []string{"--polar=embedded", "--polar=sandbox", "--polar=production", "--polar=URL"} {
			if !strings.Contains(r.stderr, choice) {
				t.Errorf("%q: %s is not explained in:\n%s", args, choice, r.stderr)
			}
		}
	}
}

// TestTakenPorts: each port that somebody else has is named by its flag.
func TestTakenPorts(t *testing.T) {
	taken, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	free := map[string]string{"--grpc-listen": "127.0.0.1:0", "--rest-listen": "127.0.0.1:0", "--emulator-listen": "127.0.0.1:0"}
	for flag := range free {
		args := serve("--polar=embedded")
		for name, address := range free {
			if name == flag {
				address = taken.Addr().String()
			}
			args = append(args, name+"="+address)
		}
		m := mistake{args: args, code: failed, says: []string{flag, "address already in use"}}
		t.Run(flag, func(t *testing.T) { m.check(t) })
	}
	m := mistake{args: []string{"emulator", "--listen=" + taken.Addr().String()}, code: failed, says: []string{"--listen", "address already in use"}}
	t.Run("emulator", func(t *testing.T) { m.check(t) })
}
