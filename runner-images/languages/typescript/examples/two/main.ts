import { hello } from "./greet"
const who: string = "two"
console.log(hello(who))
