package main

func hello(who string) string { return "hello " + who }
