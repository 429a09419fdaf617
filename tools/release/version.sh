#!/bin/sh
# Prints the version of this tree: what VERSION says if that is tagged here and nothing is changed, else a version before
# that with the commit.
set -eu

cd "$(dirname "$0")/../.."
version=$(cat VERSION)
commit=$(git rev-parse --short=12 HEAD)
dirty=$(git status --porcelain --untracked-files=no)
if [ -z "$dirty" ] && git tag --points-at HEAD | grep -qxF "v$version"; then
	echo "$version"
else
	echo "$version-dev+$commit${dirty:+.dirty}"
fi
