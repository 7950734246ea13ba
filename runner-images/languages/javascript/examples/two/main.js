const { hello } = require("./greet")
console.log(hello("two"))
