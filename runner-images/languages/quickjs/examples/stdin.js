import * as std from 'std'

console.log(std.in.getline())
