console.log("Hello World!")
