require "./greetings"

greet "two"
