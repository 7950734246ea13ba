package main

import (
	"bufio"
	"fmt"
	"net"
	"os"
	"time"
)

func main() {
	addrs, err := net.LookupHost("localhost")
	check(err)
	fmt.Println(addrs)
	server, err := net.Listen("tcp", "localhost:0")
	check(err)
	go func() {
		connection, err := server.Accept()
		check(err)
		fmt.Fprintln(connection, "hello")
	}()
	_, port, _ := net.SplitHostPort(server.Addr().String())
	client, err := net.Dial("tcp", net.JoinHostPort("localhost", port))
	check(err)
	line, err := bufio.NewReader(client).ReadString('\n')
	check(err)
	fmt.Print(line)
	name, _ := os.Hostname()
	addrs, err = net.LookupHost(name)
	check(err)
	fmt.Println(addrs)
	begin := time.Now()
	if _, err := net.LookupHost("foo.example.org"); err != nil && time.Since(begin) < 500*time.Millisecond {
		fmt.Println("failed at once")
	}
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}
