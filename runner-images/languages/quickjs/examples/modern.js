const factorial = (n) => n < 2n ? 1n : n * factorial(n - 1n)
console.log(`${factorial(5n)}n`, [...'àéî€'].length, 'àéî'.toUpperCase())
