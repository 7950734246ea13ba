console.error "oops"
