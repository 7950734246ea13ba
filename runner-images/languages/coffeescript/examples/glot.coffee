console.log "hello glot"
