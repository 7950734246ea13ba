const fs = require('fs')
const words: string[] = fs.readFileSync(0, 'utf8').trim().split(/\s+/)
const counts: Map<string, number> = new Map()
for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1)
let total: number = 0
for (let i = 0; i < 8000000; i++) total = (total * 31 + i) % 1000003
console.log('Hello', words.length, counts.size, total)
