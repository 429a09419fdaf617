package emulator

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// request answers a call without a network in between.
func request(h http.Handler, method, path, token, body string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func TestTheDemoCatalogueCanBeSold(t *testing.T) {
	e := New(Options{})
	defer e.Close()
	for _, id := range []string{DemoOneTimeID, DemoMonthlyID, DemoFreeID, DemoCustomID, DemoSeatsID, DemoTrialID, DemoMultiID} {
		if got := request(e, "POST", "/v1/checkouts/", DefaultToken, `{"products":["`+id+`"]}`); got.Code != http.StatusCreated {
			t.Errorf("product %s: %d %s", id, got.Code, got.Body)
		}
	}
	got := request(e, "POST", "/v1/checkouts/", DefaultToken,
		`{"products":["`+DemoOneTimeID+`"],"discount_id":"`+DemoHalfDiscountID+`","customer_id":"`+DemoCustomerID+`"}`)
	if !strings.Contains(got.Body.String(), `"discount_amount":500`) || !strings.Contains(got.Body.String(), `"customer_email":"ada@example.com"`) {
		t.Errorf("discount and customer of the demo: %d %s", got.Code, got.Body)
	}
}

func TestWhatIsSetUpCanBeRead(t *testing.T) {
	e := New(Options{})
	defer e.Close()
	for path, want := range map[string]string{
		"/v1/organizations/":                           `"total_count":1`,
		"/v1/organizations/" + DemoOrganizationID:      `"name":"Demo Inc"`,
		"/v1/products/?limit=2":                        `"total_count":7,"max_page":4`,
		"/v1/products/" + DemoOneTimeID:                `"name":"Handbook"`,
		"/v1/discounts/":                               `"total_count":2`,
		"/v1/discounts/" + DemoHalfDiscountID:          `"basis_points":5000`,
		"/v1/customers/?email=ADA@example.com":         `"total_count":1`,
		"/v1/customers/" + DemoCustomerID:              `"external_id":"ada"`,
		"/v1/custom-fields/":                           `"total_count":0`,
		"/v1/subscriptions/?customer_id=" + DemoFreeID: `"total_count":0`,
	} {
		if got := request(e, "GET", path, DefaultToken, ""); got.Code != http.StatusOK || !strings.Contains(got.Body.String(), want) {
			t.Errorf("%s: %d %.300s, want %s", path, got.Code, got.Body, want)
		}
	}
	if got := request(e, "DELETE", "/v1/discounts/"+DemoHalfDiscountID, DefaultToken, ""); got.Code != http.StatusNoContent {
		t.Errorf("deleting a discount: %d", got.Code)
	}
	if got := request(e, "GET", "/v1/discounts/"+DemoHalfDiscountID, DefaultToken, ""); got.Code != http.StatusNotFound {
		t.Errorf("a deleted discount: %d", got.Code)
	}
}

func TestASlowPaymentLetsOthersIn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := New(Options{})
		defer e.Close()
		created := request(e, "POST", "/v1/checkouts/", DefaultToken, createBody).Body.String()
		id, secret := member(created, "id"), member(created, "client_secret")
		done := make(chan int)
		go func() {
			done <- request(e, "POST", "/v1/checkouts/client/"+secret+"/confirm", "",
				`{"confirmation_token_id":"slow","customer_email":"a@example.com","customer_billing_address":{"country":"FR"}}`).Code
		}()
		synctest.Wait()
		for path, want := range map[string]int{"/v1/checkouts/" + id: http.StatusConflict, "/v1/checkouts/client/" + secret: http.StatusConflict} {
			if got := request(e, "PATCH", path, DefaultToken, `{}`); got.Code != want {
				t.Errorf("update of a session being confirmed: %d", got.Code)
			}
		}
		if got := request(e, "GET", "/v1/checkouts/"+id, DefaultToken, ""); !strings.Contains(got.Body.String(), `"status":"open"`) {
			t.Errorf("a read meanwhile: %d %.200s", got.Code, got.Body)
		}
		if got := request(e, "POST", "/v1/checkouts/", DefaultToken, createBody); got.Code != http.StatusCreated {
			t.Errorf("another session meanwhile: %d", got.Code)
		}
		if code := <-done; code != http.StatusOK {
			t.Errorf("the confirm ends with %d", code)
		}
		time.Sleep(chargeDelay) //nolint:forbidigo // in a synctest bubble
		synctest.Wait()
		if got := request(e, "GET", "/v1/checkouts/"+id, DefaultToken, ""); !strings.Contains(got.Body.String(), `"status":"succeeded"`) {
			t.Errorf("after the charge: %.200s", got.Body)
		}
	})
}

func TestAResetEndsASlowPayment(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := New(Options{})
		defer e.Close()
		created := request(e, "POST", "/v1/checkouts/", DefaultToken, createBody).Body.String()
		done := make(chan int)
		go func() {
			done <- request(e, "POST", "/v1/checkouts/client/"+member(created, "client_secret")+"/confirm", "",
				`{"confirmation_token_id":"slow","customer_email":"a@example.com","customer_billing_address":{"country":"FR"}}`).Code
		}()
		synctest.Wait()
		e.Reset(false)
		if code := <-done; code != http.StatusInternalServerError {
			t.Errorf("a confirm whose session is gone ends with %d", code)
		}
		if got := request(e, "GET", "/v1/checkouts/", DefaultToken, ""); !strings.Contains(got.Body.String(), `"total_count":0`) {
			t.Errorf("after a reset there is still %.200s", got.Body)
		}
	})
}

func TestAStreamShowsChangesAndEndsWithTheEmulator(t *testing.T) {
	e, url := server(t)
	_, created, err := ask(t.Context(), t, "POST", url+"/v1/checkouts/", createBody)
	if err != nil {
		t.Fatal(err)
	}
	id, secret := member(created, "id"), member(created, "client_secret")
	response, err := http.Get(url + "/v1/checkouts/client/" + secret + "/stream")
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if _, _, err := ask(t.Context(), t, "PATCH", url+"/v1/checkouts/"+id, `{"customer_name":"S"}`); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(response.Body)
	for _, key := range []string{"checkout.webhook_event_delivered", "checkout.updated"} {
		lines.Scan()
		if !strings.Contains(lines.Text(), key) || !strings.Contains(lines.Text(), `{"status":"open"}`) {
			t.Errorf("the stream shows %q, want %s", lines.Text(), key)
		}
		lines.Scan()
	}
	e.Close()
	for lines.Scan() {
		t.Errorf("after the end: %q", lines.Text())
	}
}

func TestParallelUse(t *testing.T) {
	e := New(Options{})
	defer e.Close()
	var wg sync.WaitGroup
	for worker := range 8 {
		wg.Go(func() {
			for i := range 20 {
				purchase(t, e, fmt.Sprintf("w%d-%d@example.com", worker, i))
				request(e, "GET", "/v1/checkouts/?limit=5", DefaultToken, "")
			}
		})
	}
	wg.Go(func() {
		for range 20 {
			e.Clock().Move(time.Second)
		}
	})
	wg.Wait()
	if got := request(e, "GET", "/v1/checkouts/", DefaultToken, ""); !strings.Contains(got.Body.String(), `"total_count":160`) {
		t.Errorf("%s", got.Body.String()[got.Body.Len()-80:])
	}
}

// purchase creates and confirms a session.
func purchase(tb testing.TB, h http.Handler, email string) {
	tb.Helper()
	created := request(h, "POST", "/v1/checkouts/", DefaultToken, createBody)
	secret := member(created.Body.String(), "client_secret")
	confirmed := request(h, "POST", "/v1/checkouts/client/"+secret+"/confirm", "",
		`{"confirmation_token_id":"hold","customer_email":"`+email+`","customer_billing_address":{"country":"FR"}}`)
	if confirmed.Code != http.StatusOK {
		tb.Errorf("%s: %d %s", email, confirmed.Code, confirmed.Body)
	}
}

func TestAWriteStatesItsLength(t *testing.T) {
	_, url := server(t)
	for framing, want := range map[string]string{"": "411", "Content-Length: 0\r\n": "422"} {
		connection, err := net.Dial("tcp", strings.TrimPrefix(url, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		_, _ = fmt.Fprintf(connection, "POST /v1/checkouts/ HTTP/1.1\r\nHost: polar\r\nAuthorization: Bearer %s\r\n"+
			"Connection: close\r\n%s\r\n", DefaultToken, framing)
		line, err := bufio.NewReader(connection).ReadString('\n')
		if err != nil || !strings.Contains(line, want) {
			t.Errorf("a POST with %q is answered %q, %v; want %s", framing, line, err, want)
		}
		_ = connection.Close()
	}
}

func TestControlCallsRefuseWhatTheyDoNotKnow(t *testing.T) {
	e := New(Options{})
	defer e.Close()
	for _, tc := range []struct {
		method, path, body string
		want               int
	}{
		{"PATCH", "/_emulator/checkouts/nobody", `{"status":"expired"}`, 404},
		{"POST", "/_emulator/next", `{"statsu":500}`, 400},
		{"POST", "/_emulator/clock", `{"move":"soon"}`, 400},
		{"POST", "/_emulator/rate-limits", `{"environment":"moon"}`, 400},
		{"POST", "/_emulator/tokens", `{"kind":"king"}`, 400},
		{"GET", "/_emulator/nothing", "", 404},
	} {
		if got := request(e, tc.method, tc.path, "", tc.body); got.Code != tc.want {
			t.Errorf("%s %s %s: %d %s", tc.method, tc.path, tc.body, got.Code, got.Body)
		}
	}
}

func TestTheClockOverHTTP(t *testing.T) {
	e := New(Options{})
	defer e.Close()
	got := request(e, "POST", "/_emulator/clock", "", `{"now":"2030-01-01T00:00:00Z","move":"36h","freeze":true}`)
	if want := `{"now":"2030-01-02T12:00:00`; !strings.HasPrefix(got.Body.String(), want) || !strings.Contains(got.Body.String(), `"frozen":true`) {
		t.Errorf("the clock answers %s", got.Body)
	}
	created := request(e, "POST", "/v1/checkouts/", DefaultToken, createBody)
	if !strings.Contains(created.Body.String(), `"expires_at":"2030-01-03T12:00:00`) {
		t.Errorf("a session made then: %.400s", created.Body)
	}
}

func BenchmarkPurchase(b *testing.B) {
	e := New(Options{})
	defer e.Close()
	for i := 0; b.Loop(); i++ {
		purchase(b, e, fmt.Sprintf("b%d@example.com", i))
	}
}

func BenchmarkStartAndReset(b *testing.B) {
	e := New(Options{})
	defer e.Close()
	for b.Loop() {
		e.Reset(false)
	}
}
