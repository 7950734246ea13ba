print("before")
let numbers: [Int] = []
print(numbers[CommandLine.arguments.count])
