package limit

import (
	"crypto/sha256"
	"encoding/binary"
	"hash/crc32"
	"strings"
)

const base62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

// tagMalformed stands for all secrets that Polar cannot have made.
const tagMalformed = 0

// secretTag tells the secrets of confirms apart without saying anything of them.
func secretTag(secret string) uint32 {
	if !wellFormed(secret) {
		return tagMalformed
	}
	sum := sha256.Sum256([]byte(secret))
	return max(1, binary.BigEndian.Uint32(sum[:]))
}

// wellFormed checks prefix, length, alphabet and checksum of a client secret (B 2.11).
func wellFormed(secret string) bool {
	const random, check = 37, 6
	rest, found := strings.CutPrefix(secret, "polar_c_")
	if !found || len(rest) != random+check || strings.Trim(rest, base62) != "" {
		return false
	}
	sum := crc32.ChecksumIEEE([]byte(rest[:random]))
	for i := len(rest) - 1; i >= random; i-- {
		if rest[i] != base62[sum%62] {
			return false
		}
		sum /= 62
	}
	return true
}
