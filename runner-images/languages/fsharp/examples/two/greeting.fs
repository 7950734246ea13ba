module Greeting

let greet name = "hello " + name
