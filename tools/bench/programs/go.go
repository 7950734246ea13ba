package main

import (
	"bufio"
	"fmt"
	"os"
)

func main() {
	in := bufio.NewScanner(os.Stdin)
	in.Split(bufio.ScanWords)
	counts := map[string]int{}
	words, total := 0, 0
	for in.Scan() {
		counts[in.Text()]++
		words++
	}
	for i := 0; i < 10000000; i++ {
		total = (total*31 + i) % 1000003
	}
	fmt.Println("Hello", words, len(counts), total)
}
