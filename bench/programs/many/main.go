// many COUNT [quiet] parks as many goroutines in four ways and ten depths, and dies; if quiet, without the runtime's text: that takes
// minutes for a million.
package main

import (
	"os"
	"strconv"
	"sync"
	"syscall"
	"time"
	"unsafe"
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
	time.Sleep(2*time.Second + time.Duration(count)*10*time.Microsecond)
	if len(os.Args) > 2 {
		abort()
	}
	panic("done")
}

// abort ends the process by a signal that the runtime does not see.
func abort() {
	var byDefault [4]uintptr
	syscall.RawSyscall6(syscall.SYS_RT_SIGACTION, uintptr(syscall.SIGABRT), uintptr(unsafe.Pointer(&byDefault)), 0, 8, 0, 0)
	syscall.Kill(syscall.Getpid(), syscall.SIGABRT)
}

func main() {
	count, err := strconv.Atoi(os.Args[1])
	if err != nil {
		panic(err)
	}
	mu.Lock()
	hold(count)
}
