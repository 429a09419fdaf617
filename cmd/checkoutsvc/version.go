package main

import "runtime/debug"

// release is the version of a released binary, set by the linker.
var release = ""

// version is the release, or what the go command knows of the source.
func version() string {
	if release != "" {
		return release
	}
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" && info.Main.Version != "(devel)" {
		return info.Main.Version
	}
	return "devel"
}
