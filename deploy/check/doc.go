// Package check tests the files under deploy without a container engine, a cluster or an init system: each file is read by
// the software that will read it, the Dockerfile's commands are carried out, and the real program is asked whether it
// knows the flags. It is a module of its own because what reads these files is large.
package check
