print("before")
let most = Int8.max
print(most + Int8(CommandLine.arguments.count))
