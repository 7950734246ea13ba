console.log('before')
setInterval(() => {}, 1e6)
