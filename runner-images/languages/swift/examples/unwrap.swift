print("before")
print(Int("x\(CommandLine.arguments.count)")!)
