package emulator

import (
	"crypto/rand"
	"encoding/hex"
	"hash/crc32"
)

// Prefixes of Polar's secrets (B 2.11, 5.1).
const (
	clientSecretPrefix    = "polar_c_"
	organizationPrefix    = "polar_oat_"
	personalPrefix        = "polar_pat_"
	customerSessionPrefix = "polar_cst_"
	memberSessionPrefix   = "polar_mst_"
	clientTokenPrefix     = "polar_crt_"
)

const base62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

// newID answers a random UUID of version 4.
func newID() string {
	var b [16]byte
	rand.Read(b[:])
	b[6] = b[6]&0x0f | 0x40
	b[8] = b[8]&0x3f | 0x80
	var text [36]byte
	hex.Encode(text[:], b[:4])
	for i, part := range [][]byte{b[4:6], b[6:8], b[8:10], b[10:]} {
		at := 8 + 5*i
		text[at] = '-'
		hex.Encode(text[at+1:], part)
	}
	return string(text[:])
}

// newSecret answers prefix, 37 random characters and their checksum in 6 (B 2.11).
func newSecret(prefix string) string {
	const length = 37
	random := make([]byte, 0, length)
	var b [64]byte
	for len(random) < length {
		rand.Read(b[:])
		for _, c := range b {
			// The largest multiple of 62 in a byte: what lies above would favour the first characters.
			if c < 248 && len(random) < length {
				random = append(random, base62[c%62])
			}
		}
	}
	sum := crc32.ChecksumIEEE(random)
	var check [6]byte
	for i := len(check) - 1; i >= 0; i-- {
		check[i] = base62[sum%62]
		sum /= 62
	}
	return prefix + string(random) + string(check[:])
}
