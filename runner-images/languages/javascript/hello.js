console.log('Hello World!')
