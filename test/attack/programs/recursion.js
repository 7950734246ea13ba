console.log('before')
const deeper = (depth) => deeper(depth + 1) + 1
deeper(0)
