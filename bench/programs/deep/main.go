// deep dies a million calls down.
package main

import "runtime/debug"

//go:noinline
func down(n int, p *int) int {
	if n == 0 {
		return *p
	}
	return down(n-1, p) + n
}

func main() {
	debug.SetMaxStack(4 << 30)
	println(down(1_000_000, nil))
}
