console.error("oops")
