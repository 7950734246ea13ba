class Person {
  name = null
  constructor(name) { this.name = name }
  function greet() { return "hello " + name }
}

print(Person("Ada").greet() + "\n")
local sum = 0
foreach (x in [1, 2, 3]) sum += x
print(sum + "\n")
