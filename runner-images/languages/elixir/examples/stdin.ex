IO.write(IO.read(:line))
