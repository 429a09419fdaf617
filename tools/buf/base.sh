#!/bin/sh
# Prints the revision whose users the protos must not break: the last release before HEAD; while there is none, where HEAD left
# origin/main; where that says nothing, HEAD's first parent; and in a repository of one commit, HEAD.
set -eu

cd "$(dirname "$0")/../.."
git describe --tags --abbrev=0 --match 'v[0-9]*' HEAD^ 2>/dev/null && exit
landed=$(git rev-parse --quiet --verify 'origin/main^{commit}') || landed=
if [ -n "$landed" ] && [ "$landed" != "$(git rev-parse HEAD)" ]; then
	git merge-base "$landed" HEAD && exit
fi
git rev-parse --quiet --verify 'HEAD^{commit}^' || git rev-parse HEAD
