#!/usr/bin/env bash
# Prints the licences and notices of the modules in a binary, and Go's own, which must travel with it: notices.sh BINARY
set -euo pipefail

binary=$(realpath "$1")
cd "$(dirname "$0")/../.."

# print shows the texts that lie at the top of a folder. A folder without any is an error.
print() {
	local file found=
	for file in "$2"/{LICENSE,LICENCE,COPYING,NOTICE,PATENTS}*; do
		[[ -f $file ]] || continue
		found=1
		printf '\n==== %s: %s\n\n' "$1" "${file##*/}"
		cat "$file"
	done
	[[ $found ]] || { echo "$0: no licence of $1" >&2; return 1; }
}

cat <<'END'
checkoutsvc contains the modules below, unchanged, each with its licence. The source of a module is what the Go module proxy and
the module's own repository have under its path and version: go mod download PATH@VERSION.
END
print Go "$(go env GOROOT)"
go version -m "$binary" | awk '$1 == "dep" { print $2 "@" $3 }' | while read -r module; do
	print "$module" "$(go mod download -json "$module" | sed -n 's/^\t"Dir": "\(.*\)",\{0,1\}$/\1/p')"
done
