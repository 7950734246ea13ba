const word: string = "oops"
console.error(word)
