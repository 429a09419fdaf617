#!/bin/sh
# Fetches the viewer anew from npm, which checks its hash, and packs it: the same version gives the same bytes.
# The page and its browser test (test/docs) show whether a new version still works and still calls nobody.
set -eu
version=1.72.1

cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
(cd "$work" && npm pack --silent "@scalar/api-reference@$version" && tar -xzf scalar-api-reference-*.tgz)
gzip -9 -n -c "$work/package/dist/browser/standalone.js" >scalar.js.gz
echo "@scalar/api-reference $version" >VERSION
