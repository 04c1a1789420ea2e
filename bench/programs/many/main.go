// many parks 100,000 goroutines in four ways and ten depths, and dies.
package main

import (
	"sync"
	"time"
)

var (
	queue = make(chan int)
	mu    sync.Mutex
)

//go:noinline
func deep(n int, wait func()) int {
	if n == 0 {
		wait()
		return 0
	}
	return deep(n-1, wait) + n
}

func receive() { <-queue }
func lock()    { mu.Lock() }
func sleep()   { time.Sleep(time.Hour) }
func choose() {
	select {
	case <-queue:
	case <-time.After(time.Hour):
	}
}

//go:noinline
func hold(count int) {
	ways := []func(){receive, lock, sleep, choose}
	for i := 0; i < count; i++ {
		go deep(i%10, ways[i%4])
	}
	time.Sleep(2 * time.Second)
	panic("done")
}

func main() {
	mu.Lock()
	hold(100_000)
}
