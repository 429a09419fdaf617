#!/usr/bin/env bash
# Builds the static binaries of a release: build.sh VERSION FOLDER [OS/ARCH...], all platforms by default.
# The same source gives the same bytes, wherever, whenever and by whomever it is built: paths are trimmed, the Go release is
# fixed, and nothing of the environment gets in.
set -euo pipefail

version=$1 folder=$(mkdir -p "$2" && cd "$2" && pwd)
shift 2
platforms=("${@:-}")
[[ ${platforms[0]} ]] || platforms=(linux/amd64 linux/arm64 darwin/amd64 darwin/arm64 windows/amd64)
cd "$(dirname "$0")/../.."

# The Go release is that of the image, so that both hold the same program.
go=$(sed -n 's/^ARG GO_IMAGE=golang:/go/p' deploy/Dockerfile)
export GOTOOLCHAIN=$go CGO_ENABLED=0 GOFLAGS= GOEXPERIMENT= GOAMD64=v1 GOARM64=v8.0

for platform in "${platforms[@]}"; do
	export GOOS=${platform%/*} GOARCH=${platform#*/}
	name=checkoutsvc_${version}_${GOOS}_$GOARCH
	[[ $GOOS = windows ]] && name+=.exe
	go build -trimpath -buildvcs=false -ldflags "-s -w -X main.release=$version" -o "$folder/$name" ./cmd/checkoutsvc
done
