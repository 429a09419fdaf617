package limit

import (
	"hash/crc32"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// checksummed makes a client secret of 37 characters.
func checksummed(random string) string {
	sum := crc32.ChecksumIEEE([]byte(random))
	var check [6]byte
	for i := range check {
		check[5-i] = base62[sum%62]
		sum /= 62
	}
	return "polar_c_" + random + string(check[:])
}

// sleep lets time pass in a synctest bubble.
func sleep(d time.Duration) { time.Sleep(d) } //nolint:forbidigo // the bubble's clock jumps, nobody waits
