{ greet } = require "./greeting"

console.log greet "two"
