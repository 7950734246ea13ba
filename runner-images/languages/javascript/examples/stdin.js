process.stdin.on("data", (text) => process.stdout.write(text))
