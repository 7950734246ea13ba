import { hello } from './greeting.js'

console.log(hello('two'))
