setInterval(() => process.stdout.write('.'), 50)
