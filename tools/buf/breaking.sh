#!/bin/sh
# Tells whether the protos of the work tree break those of another revision.
#
# Usage: tools/buf/breaking.sh [revision]      (default: main)
# BUF may name a prebuilt buf of the version in tools/buf/go.mod. Exit code 100: something breaks.
set -eu

cd "$(dirname "$0")/../.."
revision=${1:-main}
buf() { ${BUF:-go tool -modfile=tools/buf/go.mod buf} "$@"; }

if ! git rev-parse --quiet --verify "$revision^{commit}" >/dev/null; then
	echo "breaking.sh: there is no revision $revision here" >&2
	exit 2
fi
if ! git cat-file -e "$revision:proto" 2>/dev/null; then
	echo "breaking.sh: $revision has no protos yet, so nothing can break"
	exit 0
fi

# A revision lacks third_party/proto, which is not in git, so buf cannot read it from git by itself.
base=$(mktemp -d)
trap 'rm -rf "$base"' EXIT
git archive "$revision" buf.yaml proto | tar -x -C "$base"
go run ./tools/protodeps
go run ./tools/protodeps -out "$base/third_party/proto"
buf breaking proto --against "$base/proto"
