console.log "Hello World!"
