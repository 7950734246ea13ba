console.error 'oops'
