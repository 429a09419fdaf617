#!/usr/bin/env bash
# Makes a release: release.sh FOLDER [OS/ARCH...]. For each platform a static binary and its bill of materials (CycloneDX);
# for all the licences of what is inside, and checksums. FOLDER is emptied first. The Makefile provides the tool CYCLONEDX.
set -euo pipefail

cd "$(dirname "$0")/../.."
folder=$1
shift
version=$(tools/release/version.sh)
tool=$PWD/$CYCLONEDX

rm -rf "$folder"
tools/release/build.sh "$version" "$folder" "$@"

cd "$folder"
for binary in checkoutsvc_*; do
	platform=${binary#checkoutsvc_"$version"_} platform=${platform%.exe}
	GOOS=${platform%_*} GOARCH=${platform#*_} CGO_ENABLED=0 GOFLAGS='' "$tool" app -json -std -licenses -noserial -notimestamp \
		-main cmd/checkoutsvc -output "${binary%.exe}.cdx.json" "$OLDPWD" 2>/dev/null
done
cp "$OLDPWD/LICENSE" .
"$OLDPWD/tools/release/notices.sh" checkoutsvc_*_linux_amd64 >THIRD_PARTY_NOTICES.txt
sha256sum -- * | tee SHA256SUMS
