const block = Buffer.alloc(16 << 20, 'x')
for (let i = 0; i < 64; i++) require('node:fs').writeSync(1, block)
