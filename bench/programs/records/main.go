// Program records holds a lot: slices, maps and strings of a hundred thousand entries, and a thousand goroutines that wait.
package main

import (
	"fmt"
	"time"
)

type place struct {
	file string
	line int
}

type record struct {
	id    int
	name  string
	at    place
	next  *record
	score float64
}

var byName = map[string]*record{}

//go:noinline
func hold(records []record, total int) {
	numbers := make([]int, len(records))
	for i := range records {
		numbers[i] = i * i
	}
	done := make(chan bool)
	for i := 0; i < 1000; i++ {
		go func() { <-done }()
	}
	time.Sleep(100 * time.Millisecond)
	if total > 0 {
		panic(fmt.Sprint("records: ", total, len(numbers), len(byName)))
	}
	fmt.Println(records, numbers)
}

func main() {
	records := make([]record, 100000)
	for i := range records {
		name := fmt.Sprintf("record %d", i)
		records[i] = record{id: i, name: name, at: place{"main.go", i}, score: float64(i) / 3}
		if i > 0 {
			records[i].next = &records[i-1]
		}
		byName[name] = &records[i]
	}
	hold(records, len(records))
}
