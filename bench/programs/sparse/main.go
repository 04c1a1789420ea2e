// Ten gibibytes of heap of which little was ever written, as a server has that grew once: the core is as large, and a file with
// holes.
package main

const gibibyte = 1 << 30

var held [][]byte

func hold(count int) {
	for i := 0; i < count; i++ {
		chunk := make([]byte, gibibyte)
		chunk[i*4096] = byte(i)
		held = append(held, chunk)
	}
	panic("ten gibibytes are held")
}

func main() {
	hold(10)
}
