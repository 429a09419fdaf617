package program

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"
	reflectionpb "google.golang.org/grpc/reflection/grpc_reflection_v1"

	pb "github.com/checkoutsvc/checkoutsvc/gen/go/polar/checkouts/v1"
	"github.com/checkoutsvc/checkoutsvc/internal/emulator"
	"github.com/checkoutsvc/checkoutsvc/test/book"
	"github.com/checkoutsvc/checkoutsvc/test/harness"
)

const serviceName = "polar.checkouts.v1.CheckoutService"

func dial(t *testing.T, service *harness.Service) *grpc.ClientConn {
	t.Helper()
	conn, err := grpc.NewClient(service.GRPC, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return conn
}

// TestHealth: the server and its service are serving, and it says so over the standard protocol.
func TestHealth(t *testing.T) {
	client := healthpb.NewHealthClient(dial(t, harness.Start(t)))
	for _, name := range []string{"", serviceName} {
		answer, err := client.Check(t.Context(), &healthpb.HealthCheckRequest{Service: name})
		if err != nil || answer.GetStatus() != healthpb.HealthCheckResponse_SERVING {
			t.Errorf("%q: %v, %v", name, answer.GetStatus(), err)
		}
	}
}

// TestOperatorsPort: an operator sees that the program is ready, which Polar it sells through, and what it has done.
func TestOperatorsPort(t *testing.T) {
	service := harness.Start(t)
	if status, _ := get(t, service.REST+"/v1/checkouts/client/polar_c_marked_secret"); status != http.StatusNotFound {
		t.Fatalf("status %d", status)
	}
	for path, want := range map[string]string{
		"/healthz":      "ok",
		"/readyz":       `{"status":"ready","polar":"embedded"}`,
		"/metrics":      `checkoutsvc_polar_attempts_total{attempt="1",operation="GetClientCheckout",status="404"} 1`,
		"/debug/pprof/": "goroutine",
	} {
		status, body := get(t, service.Admin+path)
		if status != http.StatusOK || !strings.Contains(body, want) {
			t.Errorf("%s: %d, without %s", path, status, want)
		}
		if strings.Contains(body, "marked_secret") || strings.Contains(body, emulator.DefaultToken) {
			t.Errorf("%s shows a secret", path)
		}
	}
	if _, body := get(t, service.Admin+"/metrics"); !strings.Contains(body, `checkoutsvc_calls_total{code="NotFound",method="GetClientCheckout",protocol="rest"} 1`) {
		t.Error("the call is not counted by its code")
	}
}

// TestNoOperatorsPort: it can be switched off.
func TestNoOperatorsPort(t *testing.T) {
	service := harness.Start(t, "--admin-listen=")
	if status, _ := get(t, service.REST+"/v1/checkouts/"); status != http.StatusOK || service.Admin != "http://" {
		t.Errorf("status %d, operators at %q", status, service.Admin)
	}
}

// TestReflection: tools such as grpcurl find the service and its files.
func TestReflection(t *testing.T) {
	stream, err := reflectionpb.NewServerReflectionClient(dial(t, harness.Start(t))).ServerReflectionInfo(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	ask := func(request *reflectionpb.ServerReflectionRequest) *reflectionpb.ServerReflectionResponse {
		if err := stream.Send(request); err != nil {
			t.Fatal(err)
		}
		answer, err := stream.Recv()
		if err != nil {
			t.Fatal(err)
		}
		return answer
	}
	list := ask(&reflectionpb.ServerReflectionRequest{MessageRequest: &reflectionpb.ServerReflectionRequest_ListServices{}})
	if text := list.String(); !strings.Contains(text, serviceName) || !strings.Contains(text, "grpc.health.v1.Health") {
		t.Errorf("the services are %s", text)
	}
	file := ask(&reflectionpb.ServerReflectionRequest{MessageRequest: &reflectionpb.ServerReflectionRequest_FileContainingSymbol{FileContainingSymbol: serviceName}})
	if len(file.GetFileDescriptorResponse().GetFileDescriptorProto()) == 0 {
		t.Errorf("no file for the service: %s", file)
	}
	if err := stream.CloseSend(); err != nil {
		t.Fatal(err)
	}
	if _, err := stream.Recv(); !errors.Is(err, io.EOF) {
		t.Errorf("the stream ends with %v", err)
	}
}

// TestStop: after SIGTERM who watches is told at once, calls in flight come to their end, and the program exits with 0
// (harness), although the watcher is still there.
func TestStop(t *testing.T) {
	polar := book.Start(t)
	service := harness.Start(t, "--polar="+polar.URL, "--polar-token-file="+file(t, emulator.DefaultToken))
	conn := dial(t, service)
	watch, err := healthpb.NewHealthClient(conn).Watch(t.Context(), &healthpb.HealthCheckRequest{Service: serviceName})
	if err != nil {
		t.Fatal(err)
	}
	awaitStatus(t, watch, healthpb.HealthCheckResponse_SERVING)
	grpcDone, restDone := slowCalls(t, polar, service, conn)

	stopped := make(chan struct{})
	go func() { defer close(stopped); service.Stop(t) }()
	awaitStatus(t, watch, healthpb.HealthCheckResponse_NOT_SERVING)
	polar.ClearScript() // Polar answers now
	if err := <-grpcDone; err != nil {
		t.Errorf("the gRPC call in flight: %v", err)
	}
	if status := <-restDone; status != http.StatusOK {
		t.Errorf("the REST call in flight: status %d", status)
	}
	<-stopped
	if status, _ := get(t, service.REST+"/v1/checkouts/"); status != 0 {
		t.Error("the REST port still answers")
	}
}

// TestStopTellsBalancersFirst: between "not ready" and the end of the ports there is time to hear of it.
func TestStopTellsBalancersFirst(t *testing.T) {
	service := harness.Start(t, "--polar=embedded", "--drain-delay=1s")
	watch, err := healthpb.NewHealthClient(dial(t, service)).Watch(t.Context(), &healthpb.HealthCheckRequest{Service: serviceName})
	if err != nil {
		t.Fatal(err)
	}
	awaitStatus(t, watch, healthpb.HealthCheckResponse_SERVING)
	stopped := make(chan struct{})
	go func() { defer close(stopped); service.Stop(t) }()
	awaitStatus(t, watch, healthpb.HealthCheckResponse_NOT_SERVING)
	if status, _ := get(t, service.REST+"/v1/checkouts/"); status != http.StatusOK {
		t.Errorf("a call in the delay: status %d", status)
	}
	if status, body := get(t, service.Admin+"/readyz"); status != http.StatusServiceUnavailable || !strings.Contains(body, "stopping") {
		t.Errorf("/readyz in the delay: %d %s", status, body)
	}
	<-stopped
}

// TestStopSeesWritesThrough: a confirm whose caller has gone may have charged a buyer, so the program stays until Polar
// has answered it.
func TestStopSeesWritesThrough(t *testing.T) {
	polar := book.Start(t)
	service := harness.Start(t, "--polar="+polar.URL, "--polar-token-file="+file(t, emulator.DefaultToken))
	if err := polar.Script(emulator.Fault{Path: "/confirm$", Delay: emulator.Duration{Duration: time.Minute}}); err != nil {
		t.Fatal(err)
	}
	ctx, leave := context.WithCancel(t.Context())
	left := make(chan error, 1)
	client := pb.NewCheckoutServiceClient(dial(t, service))
	go func() {
		_, err := client.ConfirmClientCheckout(ctx, &pb.ConfirmClientCheckoutRequest{ClientSecret: "nobody"})
		left <- err
	}()
	await(t, func() bool { return len(polar.Asked()) == 1 })
	leave()
	if err := <-left; err == nil {
		t.Error("a cancelled call has an answer")
	}
	stopped := make(chan struct{})
	go func() { defer close(stopped); service.Stop(t) }()
	await(t, func() bool { return strings.Contains(service.Logs(), `"msg":"stopping"`) })
	select {
	case <-stopped:
		t.Error("the program left while a confirm was unanswered")
	default:
	}
	polar.ClearScript()
	<-stopped
	// Polar's answer is there, be it as the call's or, once the service had noticed that the caller left, as a late one.
	if logs := service.Logs(); !strings.Contains(logs, "answered after its caller had gone") && !strings.Contains(logs, `"code":"NotFound"`) {
		t.Errorf("nothing tells what became of the confirm:\n%s", service.Logs())
	}
}

// TestStopIsBounded: a call that never ends holds the program up for the drain timeout and no longer.
func TestStopIsBounded(t *testing.T) {
	polar := book.Start(t)
	service := harness.Start(t, "--polar="+polar.URL, "--polar-token-file="+file(t, emulator.DefaultToken), "--drain-timeout=300ms")
	grpcDone, restDone := slowCalls(t, polar, service, dial(t, service))
	begin := time.Now()
	service.Stop(t)
	if took := time.Since(begin); took < 250*time.Millisecond || took > 10*time.Second {
		t.Errorf("it took %s to stop", took)
	}
	if err := <-grpcDone; err == nil {
		t.Error("the gRPC call has an answer that Polar never gave")
	}
	if status := <-restDone; status == http.StatusOK {
		t.Error("the REST call has an answer that Polar never gave")
	}
}

// slowCalls makes a call on each port that Polar holds back until the script is cleared, and returns once it has both.
func slowCalls(t *testing.T, polar *book.Polar, service *harness.Service, conn *grpc.ClientConn) (<-chan error, <-chan int) {
	t.Helper()
	if err := polar.Script(emulator.Fault{Count: 2, Delay: emulator.Duration{Duration: time.Minute}}); err != nil {
		t.Fatal(err)
	}
	grpcDone, restDone := make(chan error, 1), make(chan int, 1)
	go func() {
		_, err := pb.NewCheckoutServiceClient(conn).ListCheckouts(t.Context(), &pb.ListCheckoutsRequest{})
		grpcDone <- err
	}()
	go func() {
		status, _ := get(t, service.REST+"/v1/checkouts/")
		restDone <- status
	}()
	await(t, func() bool { return len(polar.Asked()) == 2 })
	return grpcDone, restDone
}

// get gives 0 where there is no answer.
func get(t *testing.T, address string) (int, string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		return 0, err.Error()
	}
	request.Close = true
	answer, err := new(http.Client).Do(request)
	if err != nil {
		return 0, err.Error()
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		return 0, err.Error()
	}
	return answer.StatusCode, string(body)
}

func awaitStatus(t *testing.T, watch healthpb.Health_WatchClient, want healthpb.HealthCheckResponse_ServingStatus) {
	t.Helper()
	if got, err := watch.Recv(); err != nil || got.GetStatus() != want {
		t.Fatalf("health is %v, %v; want %v", got.GetStatus(), err, want)
	}
}

// await asks until something is so, for ten seconds.
func await(t *testing.T, so func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for !so() {
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatal("it does not come to pass")
		}
	}
}

// TestTokenIsReadAgain: the file is rotated under the service. Polar refuses the old token, the file is read again, and
// the caller notices nothing.
func TestTokenIsReadAgain(t *testing.T) {
	polar := book.Start(t)
	path := file(t, emulator.DefaultToken+"\n")
	service := harness.Start(t, "--polar="+polar.URL, "--polar-token-file="+path)
	service.Secret(token)
	conn := dial(t, service)
	client := pb.NewCheckoutServiceClient(conn)
	create := func() error {
		_, err := client.CreateCheckout(t.Context(), &pb.CreateCheckoutRequest{CheckoutCreate: &pb.CheckoutCreate{Products: []string{emulator.DemoFreeID}}})
		return err
	}
	if err := create(); err != nil {
		t.Fatal(err)
	}
	past := time.Now().Add(-time.Hour)
	for _, each := range []emulator.Token{{Value: emulator.DefaultToken, ExpiresAt: &past}, {Value: token}} {
		if _, err := polar.AddToken(each); err != nil {
			t.Fatal(err)
		}
	}
	if err := create(); err == nil {
		t.Error("an expired token was taken")
	}
	if err := os.WriteFile(path, []byte(token+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	before := len(polar.Asked())
	if err := create(); err != nil {
		t.Errorf("after the rotation: %v", err)
	}
	if status, body := get(t, service.REST+"/v1/checkouts/"); status != http.StatusOK {
		t.Errorf("over REST: %d %s", status, body)
	}
	var credentials []string
	for _, x := range polar.Asked()[before:] {
		credentials = append(credentials, x.Header.Get("Authorization"))
	}
	want := []string{"Bearer " + emulator.DefaultToken, "Bearer " + token, "Bearer " + token}
	if strings.Join(credentials, "\n") != strings.Join(want, "\n") {
		t.Errorf("Polar saw %q, want %q", credentials, want)
	}
}

// TestBuiltInPolarTakesTheTokenOfTheFile, so that a set-up for Polar's sandbox can be played with as it is.
func TestBuiltInPolarTakesTheTokenOfTheFile(t *testing.T) {
	service := harness.Start(t, "--polar-token-file="+file(t, token))
	if status, body := get(t, service.REST+"/v1/checkouts/"); status != http.StatusOK {
		t.Errorf("%d %s", status, body)
	}
}

// TestEmulatorAlone: the built-in Polar serves other programs' tests, and stops when told to.
func TestEmulatorAlone(t *testing.T) {
	command := exec.CommandContext(t.Context(), harness.Binary(t), "emulator", "--listen=127.0.0.1:0", "--token="+token)
	command.Env = cleanEnvironment()
	stderr, err := command.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(stderr).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	at, _, _ := strings.Cut(line[strings.Index(line, "http://"):], ";")
	if status, body := get(t, at+"/v1/checkouts/"); status != http.StatusUnauthorized {
		t.Errorf("without a token: %d %s", status, body)
	}
	if err := command.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	if err := command.Wait(); err != nil {
		t.Errorf("after an interrupt: %v", err)
	}
	if strings.Contains(line, token) {
		t.Errorf("the token is shown: %s", line)
	}
}
