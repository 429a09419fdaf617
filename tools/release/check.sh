#!/usr/bin/env bash
# Checks a release: check.sh [OS/ARCH...] makes one in .tmp/release, looks at what is in it, and builds the program for Linux a
# second time as another person would: elsewhere, with no cache, in another environment. The bytes must be the same. Called by `make`.
set -euo pipefail

cd "$(dirname "$0")/../.."
folder=.tmp/release version=$(tools/release/version.sh)
binary=checkoutsvc_${version}_linux_amd64
[[ $* = *linux/amd64* || $# = 0 ]] || set -- linux/amd64 "$@"

fail() {
	echo "release-check: $*" >&2
	exit 1
}

tools/release/release.sh "$folder" "$@"
(cd "$folder" && sha256sum --quiet --check SHA256SUMS)
grep -q "  $binary\$" "$folder/SHA256SUMS" || fail "SHA256SUMS lacks $binary"

said=$("$folder/$binary" version)
[[ $said = "checkoutsvc $version" ]] || fail "says $said, is $version"
readelf --program-headers "$folder/$binary" | grep -qE 'INTERP|DYNAMIC' && fail "$binary is not static"

# The bill of materials names what is in the binary, no more and no less.
modules() { go version -m "$1" | awk '$1 == "dep" { print $2 "@" $3 }' | sort; }
listed() { grep -o '"purl": "pkg:golang/[^?"]*' "$1" | sed 's|.*pkg:golang/||; s|%2F|/|g; s|%2B|+|g' | grep -vE '^(std|github.com/checkoutsvc/checkoutsvc)@' | sort -u; }
for built in "$folder"/checkoutsvc_*.cdx.json; do
	name=${built%.cdx.json}
	[[ -f $name ]] || name+=.exe
	diff <(modules "$name") <(listed "$built") || fail "$built is not what $name has inside"
done
go run ./tools/licences "$folder"/*.cdx.json

# The second build. What git does not ignore is the source.
elsewhere=$(mktemp -d)
trap 'rm -rf "$elsewhere"' EXIT
git ls-files -z --cached --others --exclude-standard | while IFS= read -r -d '' file; do
	[[ -f $file ]] && printf '%s\0' "$file"
done | tar --create --null --files-from=- | tar --extract --directory "$elsewhere"
modcache=$(go env GOMODCACHE)
(umask 077 && env -i PATH="$PATH" HOME="$elsewhere" GOMODCACHE="$modcache" GOPROXY="$(go env GOPROXY)" GOCACHE="$elsewhere/.cache" \
	TZ=Pacific/Apia LC_ALL=C "$elsewhere/tools/release/build.sh" "$version" "$elsewhere/dist" linux/amd64)
cmp "$folder/$binary" "$elsewhere/dist/$binary" || fail "two builds differ"
echo "release-check: $(find "$folder" -name 'checkoutsvc_*' ! -name '*.json' | wc -l) binaries of $version; built twice, the same"
