// deep COUNT dies as many calls down.
package main

import (
	"os"
	"runtime/debug"
	"strconv"
)

//go:noinline
func down(n int, p *int) int {
	if n == 0 {
		return *p
	}
	return down(n-1, p) + n
}

func main() {
	debug.SetMaxStack(4 << 30)
	count, err := strconv.Atoi(os.Args[1])
	if err != nil {
		panic(err)
	}
	println(down(count, nil))
}
